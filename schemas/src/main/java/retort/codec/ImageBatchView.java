package retort.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import retort.record.ImageBatch;

/**
 * Reads an ImageBatch in place. The header is parsed and checked against the length of the record. The pixels are not copied.
 * Immutable as long as no code writes to the record's bytes; then any thread may use it.
 *
 * @param stream name of the stream
 * @param epoch epoch of every sample
 * @param sequence number of the record in its stream
 * @param count number of images
 * @param height height of each image in pixels
 * @param width width of each image in pixels
 * @param channels 1 or 3
 * @param labels class index of each image, -1 for an image without a label; shape (count)
 * @param sampleIds id of each image; shape (count)
 * @param pixels uint8, shape (count, height, width, channels); a read-only slice of the record's bytes
 */
@SuppressWarnings("ArrayRecordComponent") // hot path: never compared
public record ImageBatchView(String stream, long epoch, long sequence, int count, int height, int width, int channels,
        int[] labels,
        long[] sampleIds, ByteBuffer pixels) {

    static final long FINGERPRINT = SingleObject.fingerprint(ImageBatch.getClassSchema());

    private static final String TYPE = "ImageBatch";

    /** @throws UndecodableException if {@code value} is no ImageBatch, is cut short, or contradicts its own counts */
    public static ImageBatchView of(byte[] value) throws UndecodableException {
        return of(ByteBuffer.wrap(value));
    }

    /**
     * As {@link #of(byte[])}, of the bytes from the buffer's position to its limit.
     *
     * @throws UndecodableException as {@link #of(byte[])}
     */
    public static ImageBatchView of(ByteBuffer record) throws UndecodableException {
        final ByteBuffer value = record.slice();
        if (SingleObject.fingerprintOf(value, TYPE) != FINGERPRINT)
            throw new UndecodableException("a record of another schema where an " + TYPE + " was expected");
        final WireCursor cursor = new WireCursor(value, SingleObject.HEADER_BYTES, TYPE);
        final int nameBytes = cursor.readLength("stream");
        final String stream = StandardCharsets.UTF_8.decode(value.slice(cursor.position(), nameBytes)).toString();
        cursor.skip(nameBytes, "stream");
        final long epoch = notNegative(cursor, cursor.readLong("epoch"), "epoch");
        final long sequence = notNegative(cursor, cursor.readLong("sequence"), "sequence");
        final int count = cursor.readInt("count");
        final int height = cursor.readInt("height");
        final int width = cursor.readInt("width");
        final int channels = cursor.readInt("channels");
        requireShape(cursor, count, height, width, channels);
        final int[] labels = labels(cursor, count);
        final long[] sampleIds = sampleIds(cursor, count);
        final ByteBuffer pixels = pixels(cursor, value, (long) count * height * width * channels);
        return new ImageBatchView(stream, epoch, sequence, count, height, width, channels, labels, sampleIds, pixels);
    }

    /** Bytes of one image. */
    public int imageBytes() {
        return height * width * channels;
    }

    private static long notNegative(WireCursor cursor, long value, String field) throws UndecodableException {
        if (value < 0)
            throw cursor.invalid(field, "is " + value);
        return value;
    }

    /** Ensures that every product of these numbers fits into a long, and that the bytes of one image fit into an int. */
    private static void requireShape(WireCursor cursor, int count, int height, int width, int channels)
            throws UndecodableException {
        if (count < 0 || count > cursor.remaining()) // each image has a label and an id, of at least one byte each
            throw cursor.invalid("count", "is " + count + " where " + cursor.remaining() + " bytes are left");
        if (height < 1 || width < 1 || channels != 1 && channels != 3
                || Math.multiplyFull(height, width) > Integer.MAX_VALUE / channels)
            throw cursor.invalid("shape", "is " + height + " x " + width + " x " + channels);
    }

    private static int[] labels(WireCursor cursor, int count) throws UndecodableException {
        final int[] labels = new int[count];
        int filled = 0;
        for (long block = cursor.readBlock("labels"); block != 0; block = cursor.readBlock("labels")) {
            requireFits(cursor, "labels", filled, block, count);
            for (long i = 0; i < block; i++)
                labels[filled++] = cursor.readInt("labels");
        }
        requireFull(cursor, "labels", filled, count);
        return labels;
    }

    private static long[] sampleIds(WireCursor cursor, int count) throws UndecodableException {
        final long[] ids = new long[count];
        int filled = 0;
        for (long block = cursor.readBlock("sampleIds"); block != 0; block = cursor.readBlock("sampleIds")) {
            requireFits(cursor, "sampleIds", filled, block, count);
            for (long i = 0; i < block; i++)
                ids[filled++] = cursor.readLong("sampleIds");
        }
        requireFull(cursor, "sampleIds", filled, count);
        return ids;
    }

    private static void requireFits(WireCursor cursor, String field, int filled, long block, int count)
            throws UndecodableException {
        if (block > count - filled)
            throw cursor.invalid(field, "has more than the " + count + " items of the record's count");
    }

    private static void requireFull(WireCursor cursor, String field, int filled, int count) throws UndecodableException {
        if (filled != count)
            throw cursor.invalid(field, "has " + filled + " items where the record's count is " + count);
    }

    private static ByteBuffer pixels(WireCursor cursor, ByteBuffer value, long expected) throws UndecodableException {
        final int length = cursor.readLength("pixels");
        if (length != expected)
            throw cursor.invalid("pixels", "has " + length + " bytes where the shape takes " + expected);
        final ByteBuffer pixels = value.slice(cursor.position(), length).asReadOnlyBuffer();
        cursor.skip(length, "pixels");
        cursor.requireEnd();
        return pixels;
    }
}
