package retort.ingest.source;

/**
 * One image as its source has it.
 *
 * @param id index in the source's canonical order
 * @param name for people: a path, an archive's member
 * @param label class index, -1 without
 */
public record Sample(long id, String name, int label, Content content) {
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

    public static Sample encoded(long id, String name, int label, byte[] bytes) {
        return new Sample(id, name, label, new Encoded(bytes));
    }
}
