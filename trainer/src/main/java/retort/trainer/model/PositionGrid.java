package retort.trainer.model;

import java.util.Arrays;
import retort.trainer.weights.HostTensor;

/**
 * Resizes a position table to another grid, between patch centres. The class token's row is copied. Any thread.
 */
public final class PositionGrid {
    private static final double A = -0.75;
    /** The cubic of Pillow and of PyTorch's antialiasing. */
    private static final double A_OF_PILLOW = -0.5;

    /** The ways in which libraries resize. {@link #toString} is the name in settings. */
    public enum Way {
        /** Bicubic (a = -0.75), with edge patches repeated and without antialiasing, as MAE does it. */
        MAE,
        /** Bicubic (a = -0.5) with antialiasing, as timm does it. */
        TIMM;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private PositionGrid() {
    }

    /**
     * Resizes a table as {@link Way#MAE}.
     *
     * @param table (1, 1 + from * from, D), of any floating type
     * @param to patches along a side of the new grid
     * @return (1, 1 + to * to, D), float32; {@code table} itself if the grid is the same
     * @throws IllegalArgumentException if {@code table} has another shape
     */
    public static HostTensor resize(HostTensor table, int to) {
        requireTable(table);
        final int width = Math.toIntExact(table.shape()[2]);
        final int from = side(table.shape()[1]);
        if (from == to)
            return table;
        final float[] source = table.asFloat32().floats();
        final float[] result = new float[(1 + to * to) * width];
        System.arraycopy(source, 0, result, 0, width);
        for (int row = 0; row < to; row++)
            for (int column = 0; column < to; column++)
                patch(source, from, (row + 0.5) * from / to - 0.5, (column + 0.5) * from / to - 0.5, width, result,
                        (1 + row * to + column) * width);
        return HostTensor.ofFloats(result, 1, 1 + (long) to * to, width);
    }

    /** Resizes a table in one of the ways; arguments and result are those of {@link #resize(HostTensor, int)}. */
    public static HostTensor resize(HostTensor table, int to, Way way) {
        requireTable(table);
        final int width = Math.toIntExact(table.shape()[2]);
        final int from = side(table.shape()[1]);
        if (way == Way.MAE || from == to)
            return resize(table, to);
        final float[] source = table.asFloat32().floats();
        final double[][] weights = antialiased(from, to);
        final float[] result = new float[(1 + to * to) * width];
        System.arraycopy(source, 0, result, 0, width);
        for (int row = 0; row < to; row++)
            for (int column = 0; column < to; column++)
                for (int d = 0; d < width; d++)
                    result[(1 + row * to + column) * width + d] = (float) sum(source, from, width, weights[row], weights[column],
                            d);
        return HostTensor.ofFloats(result, 1, 1 + (long) to * to, width);
    }

    private static double sum(float[] source, int from, int width, double[] rows, double[] columns, int d) {
        double sum = 0;
        for (int y = 0; y < from; y++)
            if (rows[y] != 0)
                for (int x = 0; x < from; x++)
                    sum += rows[y] * columns[x] * source[(1 + y * from + x) * width + d];
        return sum;
    }

    /** The weight of each of {@code from} places for each of {@code to} places, as PyTorch's antialiasing has them. */
    private static double[][] antialiased(int from, int to) {
        final double scale = (double) from / to;
        final double stretch = Math.max(scale, 1);
        final double[][] weights = new double[to][from];
        for (int i = 0; i < to; i++) {
            final double centre = scale * (i + 0.5);
            final int first = Math.max((int) (centre - 2 * stretch + 0.5), 0);
            final int end = Math.min((int) (centre + 2 * stretch + 0.5), from);
            double total = 0;
            for (int j = first; j < end; j++) {
                weights[i][j] = cubic((j - centre + 0.5) / stretch, A_OF_PILLOW);
                total += weights[i][j];
            }
            for (int j = first; j < end; j++)
                weights[i][j] /= total;
        }
        return weights;
    }

    private static void requireTable(HostTensor table) {
        if (!isTable(table))
            throw new IllegalArgumentException("a position table of shape " + Arrays.toString(table.shape())
                    + " is not (1, 1 + patches, width)");
    }

    /** True if {@code tensor} has the axes of a position table, (1, rows, D). */
    public static boolean isTable(HostTensor tensor) {
        return tensor.shape().length == 3 && tensor.shape()[0] == 1;
    }

    /**
     * Number of patches along a side of the grid of a table with {@code rows} rows.
     *
     * @throws IllegalArgumentException if the rows are not those of a class token and a square grid
     */
    public static int side(long rows) {
        final int side = (int) Math.round(Math.sqrt((double) (rows - 1)));
        if (1L + (long) side * side != rows)
            throw new IllegalArgumentException("a position table of " + rows + " rows is no class token and a square grid");
        return side;
    }

    /** Computes one patch of the result from the sixteen patches around (y, x) of the source. */
    private static void patch(float[] source, int from, double y, double x, int width, float[] result, int at) {
        final double[] sums = new double[width];
        for (int i = -1; i <= 2; i++)
            for (int j = -1; j <= 2; j++) {
                final double weight = cubic(y - Math.floor(y) - i) * cubic(x - Math.floor(x) - j);
                final int patch = clamp((int) Math.floor(y) + i, from) * from + clamp((int) Math.floor(x) + j, from);
                for (int d = 0; d < width; d++)
                    sums[d] += weight * source[(1 + patch) * width + d];
            }
        for (int d = 0; d < width; d++)
            result[at + d] = (float) sums[d];
    }

    private static int clamp(int index, int side) {
        return Math.max(0, Math.min(index, side - 1));
    }

    private static double cubic(double distance) {
        return cubic(distance, A);
    }

    private static double cubic(double distance, double a) {
        final double t = Math.abs(distance);
        if (t <= 1)
            return ((a + 2) * t - (a + 3)) * t * t + 1;
        return t < 2 ? ((a * t - 5 * a) * t + 8 * a) * t - 4 * a : 0;
    }
}
