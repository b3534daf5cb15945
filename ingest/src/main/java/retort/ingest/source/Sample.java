package retort.ingest.source;

import java.io.IOException;

/**
 * One image of a source, encoded or as pixels.
 *
 * @param id index in the source's canonical order
 * @param name tells a person where the image is: a path, or a member of an archive
 * @param where the place for the topic {@code rejected}: the file, the archive's member, or topic-partition@offset
 * @param label class index; -1 if there is no label
 */
public record Sample(long id, String name, String where, int label, Content content) {
    /** The largest encoded image that is read: 32 MiB. A larger one is an error of its sample, found before it is read. */
    public static final int MAX_ENCODED_BYTES = 32 << 20;

    /** A sample whose name says where it is. */
    public Sample(long id, String name, int label, Content content) {
        this(id, name, name, label, content);
    }

    /** The content of a sample. */
    public sealed interface Content {
    }

    /** The bytes of an image file. The decoder tells its kind by its content. Nobody writes to the array afterwards. */
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

    /** Returns this sample with another place. */
    public Sample at(String place) {
        return new Sample(id, name, place, label, content);
    }

    /** Returns this sample with another content. */
    public Sample with(Content other) {
        return new Sample(id, name, where, label, other);
    }

    /**
     * Returns this sample.
     *
     * @throws IOException with the reason if it is {@link Unreadable}
     */
    public Sample readable() throws IOException {
        if (content instanceof Unreadable(String where, String reason))
            throw new IOException(where + ": " + reason);
        return this;
    }
}
