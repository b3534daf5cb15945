package retort.codec;

/**
 * Builds one ImageBatch record in place: the header is laid out for all {@code labels.length} images, decoders write pixels
 * straight into the record's own bytes, {@link #finish} drops the rejected ones. The common case copies no pixel.
 * Slots may be filled from different threads; {@link #finish} comes after all of them, with a happens-before from each.
 */
public final class ImageBatchWriter {
    private ImageBatchWriter() {
    }

    /**
     * @param labels class index of each image, -1 without
     * @param sampleIds id of each image; same length
     */
    public static ImageBatchWriter begin(String stream, long epoch, long sequence, int height, int width, int channels,
            int[] labels, long[] sampleIds) {
        throw new UnsupportedOperationException();
    }

    /** The array that holds the record. */
    public byte[] array() {
        throw new UnsupportedOperationException();
    }

    /** Where in {@link #array} the pixels of image {@code slot} begin: height x width x channels bytes, row-major. */
    public int pixelOffset(int slot) {
        throw new UnsupportedOperationException();
    }

    /** Leaves image {@code slot} out of the record. Any thread. */
    public void reject(int slot) {
        throw new UnsupportedOperationException();
    }

    /** The encoded record: {@link #array} itself when nothing was rejected, a shorter array otherwise. */
    public byte[] finish() {
        throw new UnsupportedOperationException();
    }
}
