package retort.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Builds one ImageBatch record in place. The header is laid out for all {@code labels.length} images, decoders write pixels directly
 * into the record's array, and {@link #finish} removes the rejected images. If no image is rejected, no pixel is copied.
 * Several threads may fill different slots. Each of them must happen-before the call of {@link #finish}.
 */
public final class ImageBatchWriter {
    /** The most pixel bytes of a record. It leaves room for the header within one array. */
    private static final int LARGEST_PIXELS = 1 << 30;

    private final String stream;
    private final long epoch;
    private final long sequence;
    private final int height;
    private final int width;
    private final int channels;
    private final int[] labels;
    private final long[] sampleIds;
    /** One element for each slot. Threads that reject different slots write different elements. */
    private final boolean[] rejected;
    private final byte[] array;
    private final int pixelStart;

    private ImageBatchWriter(String stream, long epoch, long sequence, int height, int width, int channels, int[] labels,
            long[] sampleIds) {
        this.stream = stream;
        this.epoch = epoch;
        this.sequence = sequence;
        this.height = height;
        this.width = width;
        this.channels = channels;
        this.labels = labels;
        this.sampleIds = sampleIds;
        this.rejected = new boolean[labels.length];
        final byte[] header = header();
        final long size = header.length + (long) labels.length * imageBytes();
        this.pixelStart = header.length;
        this.array = Arrays.copyOf(header, Math.toIntExact(size));
    }

    /**
     * @param labels class index of each image, -1 for an image without a label
     * @param sampleIds id of each image; same length as {@code labels}
     * @throws IllegalArgumentException if no record can have this shape
     */
    public static ImageBatchWriter begin(String stream, long epoch, long sequence, int height, int width, int channels,
            int[] labels, long[] sampleIds) {
        if (labels.length != sampleIds.length)
            throw new IllegalArgumentException(labels.length + " labels for " + sampleIds.length + " sample ids");
        if (height < 1 || width < 1 || channels != 1 && channels != 3
                || (double) labels.length * height * width * channels > LARGEST_PIXELS)
            throw new IllegalArgumentException("a record cannot hold " + labels.length + " images of " + height + " x " + width
                    + " x " + channels);
        return new ImageBatchWriter(stream, epoch, sequence, height, width, channels, labels.clone(), sampleIds.clone());
    }

    /** The array that holds the record. It belongs to this writer until {@link #finish}. */
    public byte[] array() {
        return array;
    }

    /** The index in {@link #array} of the first pixel of image {@code slot}: height x width x channels bytes, row-major. */
    public int pixelOffset(int slot) {
        return pixelStart + Math.multiplyExact(slot, imageBytes());
    }

    /** Leaves image {@code slot} out of the record. Any thread may call it. */
    public void reject(int slot) {
        rejected[slot] = true;
    }

    /** @return the encoded record: {@link #array} itself if no image was rejected, otherwise a new, shorter array */
    public byte[] finish() {
        final int[] kept = IntStream.range(0, labels.length).filter(slot -> !rejected[slot]).toArray();
        if (kept.length == labels.length)
            return array;
        final ImageBatchWriter shorter = begin(stream, epoch, sequence, height, width, channels,
                Arrays.stream(kept).map(slot -> labels[slot]).toArray(),
                Arrays.stream(kept).mapToLong(slot -> sampleIds[slot]).toArray());
        for (int i = 0; i < kept.length; i++)
            System.arraycopy(array, pixelOffset(kept[i]), shorter.array, shorter.pixelOffset(i), imageBytes());
        return shorter.array;
    }

    private int imageBytes() {
        return height * width * channels;
    }

    /** @return all bytes before the first pixel, in the order of the schema, identical to those of Avro's own encoder */
    private byte[] header() {
        final byte[] name = stream.getBytes(StandardCharsets.UTF_8);
        final WireOutput out = new WireOutput(SingleObject.HEADER_BYTES + name.length
                + WireOutput.LONGEST_NUMBER * (11 + 2 * labels.length));
        out.raw(SingleObject.header(ImageBatchView.FINGERPRINT));
        out.number(name.length).raw(name).number(epoch).number(sequence);
        out.number(labels.length).number(height).number(width).number(channels);
        out.items(Arrays.stream(labels).asLongStream().toArray()).items(sampleIds);
        out.number((long) labels.length * imageBytes());
        return out.toByteArray();
    }
}
