package retort.ingest.source;

import java.io.IOException;

/**
 * One image as its source has it.
 *
 * @param id index in the source's canonical order
 * @param name for people: a path, an archive's member
 * @param label class index, -1 without
 */
public record Sample(long id, String name, int label, Content content) {
    /** The largest encoded image that is read: 32 MiB. More is an error of that sample, told before it is read. */
    public static final int MAX_ENCODED_BYTES = 32 << 20;

    /** What a source hands out. */
    public sealed interface Content {
    }

    /** A file's bytes: JPEG, PNG, WebP, GIF or BMP, told by content and not by name. Not written to afterwards. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    public record Encoded(byte[] bytes) implements Content {
    }

    /** Decoded pixels: uint8, (height, width, channels), row-major, in {@code bytes} from {@code offset} on. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    public record Pixels(byte[] bytes, int offset, int height, int width, int channels) implements Content {
    }

    /**
     * A sample of an {@link UnboundedSource} that could not be read: it goes to {@code rejected} and the stream goes on. Sources
     * with an end throw {@link IOException} instead.
     *
     * @param where file, or topic-partition@offset
     * @param reason why, in words
     */
    public record Unreadable(String where, String reason) implements Content {
    }

    public static Sample encoded(long id, String name, int label, byte[] bytes) {
        return new Sample(id, name, label, new Encoded(bytes));
    }

    /** This sample. @throws IOException with the reason where it is {@link Unreadable} */
    public Sample readable() throws IOException {
        if (content instanceof Unreadable(String where, String reason))
            throw new IOException(where + ": " + reason);
        return this;
    }
}
