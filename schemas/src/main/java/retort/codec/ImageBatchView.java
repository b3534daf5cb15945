package retort.codec;

import java.nio.ByteBuffer;

/**
 * An ImageBatch read in place: the header is parsed and checked against the bytes that are there, pixels stay where they are.
 * Immutable as long as nobody writes to the array; any thread.
 *
 * @param stream name of the stream
 * @param epoch epoch of every sample
 * @param sequence number of the record in its stream
 * @param count images
 * @param height rows
 * @param width columns
 * @param channels 1 or 3
 * @param labels class index of each image, -1 without; (count)
 * @param sampleIds id of each image; (count)
 * @param pixels uint8, (count, height, width, channels); a read-only slice of the record's bytes
 */
@SuppressWarnings("ArrayRecordComponent") // hot path: never compared
public record ImageBatchView(String stream, long epoch, long sequence, int count, int height, int width, int channels,
        int[] labels,
        long[] sampleIds, ByteBuffer pixels) {

    /** @throws UndecodableException when the bytes are no ImageBatch, are cut, or their counts disagree */
    public static ImageBatchView of(byte[] value) throws UndecodableException {
        throw new UnsupportedOperationException();
    }

    /** Bytes of one image. */
    public int imageBytes() {
        return height * width * channels;
    }
}
