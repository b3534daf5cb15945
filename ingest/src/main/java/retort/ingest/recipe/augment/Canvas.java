package retort.ingest.recipe.augment;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * The image that operations change, and a second image of the same size that receives a result. Square, with 1 or 3 channels. Confined to
 * one thread at a time, and reused for the next image.
 */
public final class Canvas {
    final int size;
    final int channels;
    /** The values that a transform takes outside the image, one for each channel. */
    final int[] fill;
    private byte[] pixels;
    private byte[] other;
    private final byte[] table = new byte[256];

    /** @param fill red, green and blue, 0 to 255; a grey canvas takes their luma */
    public Canvas(int size, int channels, List<Integer> fill) {
        this.size = size;
        this.channels = channels;
        this.fill = channels == 3
                ? fill.stream().mapToInt(Integer::intValue).toArray()
                : new int[]{luma(fill.get(0), fill.get(1), fill.get(2))};
        this.pixels = new byte[size * size * channels];
        this.other = new byte[pixels.length];
    }

    public void load(byte[] from, int offset) {
        System.arraycopy(from, offset, pixels, 0, pixels.length);
    }

    public void store(byte[] to, int offset) {
        System.arraycopy(pixels, 0, to, offset, pixels.length);
    }

    /** Value {@code c} of the pixel at ({@code x}, {@code y}). */
    int at(int x, int y, int c) {
        return pixels[(y * size + x) * channels + c] & 0xFF;
    }

    /** Sets a value of the second image. */
    void set(int x, int y, int c, int value) {
        other[(y * size + x) * channels + c] = (byte) value;
    }

    /** Sets all values of a pixel of the second image. */
    void setAll(int x, int y, int value) {
        Arrays.fill(other, (y * size + x) * channels, (y * size + x + 1) * channels, (byte) value);
    }

    /** Sets all values of the second image. */
    void setAll(int value) {
        Arrays.fill(other, (byte) value);
    }

    /** Makes the second image the first. */
    void swap() {
        final byte[] old = pixels;
        pixels = other;
        other = old;
    }

    int luma(int x, int y) {
        return channels == 1 ? at(x, y, 0) : luma(at(x, y, 0), at(x, y, 1), at(x, y, 2));
    }

    /** The number of pixels that have each value in channel {@code c}. */
    int[] histogram(int c) {
        final int[] counts = new int[256];
        for (int i = c; i < pixels.length; i += channels)
            counts[pixels[i] & 0xFF]++;
        return counts;
    }

    /** Replaces each value v of channel {@code c} by {@code lookup} of v, which must be in 0 to 255. */
    void map(int c, IntUnaryOperator lookup) {
        for (int v = 0; v < 256; v++)
            table[v] = (byte) lookup.applyAsInt(v);
        for (int i = c; i < pixels.length; i += channels)
            pixels[i] = table[pixels[i] & 0xFF];
    }

    void map(IntUnaryOperator lookup) {
        for (int c = 0; c < channels; c++)
            map(c, lookup);
    }

    /**
     * Pillow's blend. A factor of 0 gives the second image and a factor of 1 gives the first image. A larger factor extrapolates. Values
     * are computed in single precision, truncated and clipped.
     */
    void blend(double factor) {
        final float alpha = (float) factor;
        for (int i = 0; i < pixels.length; i++) {
            final int from = other[i] & 0xFF;
            final float value = from + alpha * ((pixels[i] & 0xFF) - from);
            pixels[i] = (byte) (value <= 0 ? 0 : value >= 255 ? 255 : (int) value);
        }
    }

    private static int luma(int red, int green, int blue) {
        return red * 19595 + green * 38470 + blue * 7471 + 0x8000 >> 16;
    }
}
