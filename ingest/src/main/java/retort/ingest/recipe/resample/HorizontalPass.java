package retort.ingest.recipe.resample;

import retort.ingest.decode.PixelRows;

/**
 * Resizes rows, two at a time. One value of each row is packed into one long, so that one multiplication serves both rows. Confined to one
 * thread at a time.
 */
final class HorizontalPass {
    private byte[] upper = new byte[0];
    private byte[] lower = new byte[0];
    private long[] pairs = new long[0];

    /**
     * @param left column of the source at tap position 0
     * @param top first row of the source
     * @param rows number of rows
     * @param mirror true to write columns from right to left
     * @param out receives {@code rows} rows of {@code taps.size} pixels
     */
    void run(PixelRows source, int left, int top, int rows, Taps taps, boolean mirror, byte[] out) {
        final int channels = source.channels();
        final int low = taps.low();
        final int columns = taps.high() - low;
        final int length = columns * channels;
        reserve(length);
        final int stride = taps.size * channels;
        for (int y = 0; y < rows; y += 2) {
            final int partner = Math.min(y + 1, rows - 1); // a single last row is paired with itself
            source.copy(top + y, left + low, columns, upper, 0);
            source.copy(top + partner, left + low, columns, lower, 0);
            pack(length);
            if (channels == 3)
                colour(taps, low, mirror, out, y * stride, partner * stride);
            else
                grey(taps, low, mirror, out, y * stride, partner * stride);
        }
    }

    private void pack(int length) {
        final byte[] a = upper;
        final byte[] b = lower;
        final long[] to = pairs;
        for (int i = 0; i < length; i++)
            to[i] = a[i] & 0xFFL | (b[i] & 0xFFL) << 32;
    }

    private void colour(Taps taps, int low, boolean mirror, byte[] out, int first, int second) {
        final long[] in = pairs;
        final int[] weights = taps.weights;
        final int size = taps.size;
        for (int i = 0; i < size; i++) {
            long red = Fixed.STARTS;
            long green = Fixed.STARTS;
            long blue = Fixed.STARTS;
            int at = (taps.first[i] - low) * 3;
            final int from = i * taps.stride;
            final int to = from + taps.count[i];
            for (int w = from; w < to; w++, at += 3) {
                final long weight = weights[w];
                red += in[at] * weight;
                green += in[at + 1] * weight;
                blue += in[at + 2] * weight;
            }
            final int pixel = (mirror ? size - 1 - i : i) * 3;
            out[first + pixel] = Fixed.low(red);
            out[second + pixel] = Fixed.high(red);
            out[first + pixel + 1] = Fixed.low(green);
            out[second + pixel + 1] = Fixed.high(green);
            out[first + pixel + 2] = Fixed.low(blue);
            out[second + pixel + 2] = Fixed.high(blue);
        }
    }

    private void grey(Taps taps, int low, boolean mirror, byte[] out, int first, int second) {
        final long[] in = pairs;
        final int[] weights = taps.weights;
        final int size = taps.size;
        for (int i = 0; i < size; i++) {
            long sum = Fixed.STARTS;
            int at = taps.first[i] - low;
            final int from = i * taps.stride;
            final int to = from + taps.count[i];
            for (int w = from; w < to; w++, at++)
                sum += in[at] * weights[w];
            final int pixel = mirror ? size - 1 - i : i;
            out[first + pixel] = Fixed.low(sum);
            out[second + pixel] = Fixed.high(sum);
        }
    }

    private void reserve(int length) {
        if (pairs.length < length) {
            upper = new byte[length];
            lower = new byte[length];
            pairs = new long[length];
        }
    }
}
