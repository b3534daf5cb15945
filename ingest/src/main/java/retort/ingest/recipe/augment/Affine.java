package retort.ingest.recipe.augment;

import java.math.BigDecimal;
import java.math.RoundingMode;
import retort.ingest.recipe.resample.Filter;

/**
 * Pillow's affine transform. Pixel (x, y) of the result is read at (a x + b y + c, d x + e y + f) of the image. Between pixels it
 * interpolates without antialiasing. Outside the image it takes the fill. Every pixel is read from the unchanged image, because the result
 * is written to the second image of the canvas.
 */
record Affine(double a, double b, double c, double d, double e, double f) {
    static Affine shearX(double factor) {
        return new Affine(1, factor, 0, 0, 1, 0);
    }

    static Affine shearY(double factor) {
        return new Affine(1, 0, 0, factor, 1, 0);
    }

    static Affine translate(double x, double y) {
        return new Affine(1, 0, x, 0, 1, y);
    }

    /**
     * Rotates counter-clockwise about the centre.
     *
     * @param size side of the image in pixels
     */
    static Affine rotate(double degrees, int size) {
        final double angle = -Math.toRadians((degrees % 360 + 360) % 360);
        final double cos = rounded(StrictMath.cos(angle));
        final double sin = rounded(StrictMath.sin(angle));
        final double centre = size / 2.0;
        return new Affine(cos, sin, cos * -centre + sin * -centre + centre, -sin, cos, -sin * -centre + cos * -centre + centre);
    }

    private static double rounded(double value) {
        return new BigDecimal(value).setScale(15, RoundingMode.HALF_EVEN).doubleValue();
    }

    void apply(Canvas canvas, Filter filter) {
        for (int y = 0; y < canvas.size; y++)
            for (int x = 0; x < canvas.size; x++) {
                final double fromX = a * (x + 0.5) + b * (y + 0.5) + c;
                final double fromY = d * (x + 0.5) + e * (y + 0.5) + f;
                final boolean inside = fromX >= 0 && fromX < canvas.size && fromY >= 0 && fromY < canvas.size;
                for (int channel = 0; channel < canvas.channels; channel++)
                    canvas.set(x, y, channel, inside
                            ? value(canvas, filter, fromX - 0.5, fromY - 0.5, channel)
                            : canvas.fill[channel]);
            }
        canvas.swap();
    }

    private static int value(Canvas canvas, Filter filter, double x, double y, int channel) {
        final int left = (int) Math.floor(x);
        final int top = (int) Math.floor(y);
        final double v = filter == Filter.BILINEAR
                ? bilinear(canvas, left, top, x - left, y - top, channel)
                : bicubic(canvas, left - 1, top - 1, x - left, y - top, channel);
        return v <= 0 ? 0 : v >= 255 ? 255 : (int) v;
    }

    private static double bilinear(Canvas canvas, int x, int y, double dx, double dy, int channel) {
        final double upper = between(canvas, x, y, dx, channel);
        final double lower = between(canvas, x, y + 1, dx, channel);
        return upper + (lower - upper) * dy;
    }

    private static double between(Canvas canvas, int x, int y, double dx, int channel) {
        final int left = at(canvas, x, y, channel);
        return left + (at(canvas, x + 1, y, channel) - left) * dx;
    }

    private static double bicubic(Canvas canvas, int x, int y, double dx, double dy, int channel) {
        return cubic(row(canvas, x, y, dx, channel), row(canvas, x, y + 1, dx, channel),
                row(canvas, x, y + 2, dx, channel), row(canvas, x, y + 3, dx, channel), dy);
    }

    private static double row(Canvas canvas, int x, int y, double dx, int channel) {
        return cubic(at(canvas, x, y, channel), at(canvas, x + 1, y, channel), at(canvas, x + 2, y, channel),
                at(canvas, x + 3, y, channel), dx);
    }

    /** Cubic interpolation with a = -1, as in Pillow's transforms (its resampling has -0.5). */
    private static double cubic(double v1, double v2, double v3, double v4, double d) {
        final double p2 = -v1 + v3;
        final double p3 = 2 * (v1 - v2) + v3 - v4;
        final double p4 = -v1 + v2 - v3 + v4;
        return v2 + d * (p2 + d * (p3 + d * p4));
    }

    /** Reads a pixel. Beyond the edge it repeats the pixels of the edge. */
    private static int at(Canvas canvas, int x, int y, int channel) {
        return canvas.at(Math.clamp(x, 0, canvas.size - 1), Math.clamp(y, 0, canvas.size - 1), channel);
    }
}
