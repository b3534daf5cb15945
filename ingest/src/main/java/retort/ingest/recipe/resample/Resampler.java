package retort.ingest.recipe.resample;

import retort.ingest.decode.PixelRows;
import retort.ingest.decode.Region;

/**
 * Resizes with Pillow's arithmetic, bit for bit. Confined to one thread at a time; owns its scratch, which grows to the
 * largest image met (intermediate rows only, never the whole input).
 */
public final class Resampler {
    private static final int HALF = 1 << Taps.BITS - 1;

    private final Filter filter;
    private final Taps horizontal = new Taps();
    private final Taps vertical = new Taps();
    private byte[] input = new byte[0];
    private byte[] between = new byte[0];
    private int[] sums = new int[0];

    public Resampler(Filter filter) {
        this.filter = filter;
    }

    /**
     * Cuts {@code box} out of {@code source}, resizes it to {@code width} x {@code height} and writes the {@code window} of the
     * result. Taps end at the box: what lies outside it has no influence.
     *
     * @param mirror writes the window flipped left to right
     * @param target receives window.height x window.width x channels uint8 from {@code offset} on
     */
    public void resize(PixelRows source, Region box, int width, int height, Region window, boolean mirror, byte[] target,
            int offset) {
        final int channels = source.channels();
        horizontal.fill(filter, box.width(), width, window.left(), window.width());
        vertical.fill(filter, box.height(), height, window.top(), window.height());
        final int left = horizontal.low();
        final int columns = horizontal.high() - left;
        final int top = vertical.low();
        final int rows = vertical.high() - top;
        final int stride = window.width() * channels;
        if (input.length < columns * channels)
            input = new byte[columns * channels];
        if (between.length < rows * stride)
            between = new byte[rows * stride];
        for (int y = 0; y < rows; y++) {
            source.copy(box.top() + top + y, box.left() + left, columns, input, 0);
            across(left, channels, mirror, y * stride);
        }
        down(top, stride, target, offset);
    }

    private void across(int left, int channels, boolean mirror, int at) {
        final int size = horizontal.size;
        for (int i = 0; i < size; i++) {
            final int weight = i * horizontal.stride;
            final int pixel = (horizontal.first[i] - left) * channels;
            final int out = at + (mirror ? size - 1 - i : i) * channels;
            for (int c = 0; c < channels; c++) {
                int sum = HALF;
                for (int t = 0; t < horizontal.count[i]; t++)
                    sum += (input[pixel + t * channels + c] & 0xFF) * horizontal.weights[weight + t];
                between[out + c] = clip(sum);
            }
        }
    }

    private void down(int top, int stride, byte[] target, int offset) {
        if (sums.length < stride)
            sums = new int[stride];
        for (int i = 0; i < vertical.size; i++) {
            java.util.Arrays.fill(sums, 0, stride, HALF);
            for (int t = 0; t < vertical.count[i]; t++) {
                final int weight = vertical.weights[i * vertical.stride + t];
                final int row = (vertical.first[i] - top + t) * stride;
                for (int x = 0; x < stride; x++)
                    sums[x] += (between[row + x] & 0xFF) * weight;
            }
            for (int x = 0; x < stride; x++)
                target[offset + i * stride + x] = clip(sums[x]);
        }
    }

    private static byte clip(int sum) {
        return (byte) Math.clamp(sum >> Taps.BITS, 0, 255);
    }
}
