package retort.ingest.recipe.resample;

/**
 * The weights of one axis. Output position {@code i} is the sum of {@code count[i]} input positions from {@code first[i]} on, each times a
 * fixed-point coefficient. The kernel widens with the shrink factor (antialiasing) and is renormalised at the ends of the input. Refilled
 * for every image; the arrays only grow. Confined to one thread.
 */
final class Taps {
    int[] first = new int[0];
    int[] count = new int[0];
    /** Coefficients of output {@code i} begin at {@code i * stride}; those after {@code count[i]} are 0. */
    int[] weights = new int[0];
    int stride;
    /** Number of output positions. */
    int size;
    private double[] row = new double[0];

    /**
     * @param in length of the input
     * @param out length to which the whole input is resized
     * @param from first output position that is wanted
     * @param size number of output positions that are wanted
     */
    void fill(Filter filter, int in, int out, int from, int size) {
        this.size = size;
        final double scale = (double) in / out;
        final double filterScale = Math.max(1, scale);
        final double support = filter.support * filterScale;
        final double step = 1 / filterScale;
        stride = (int) Math.ceil(support) * 2 + 1;
        reserve();
        for (int i = 0; i < size; i++) {
            final double centre = (from + i + 0.5) * scale;
            final int low = Math.max(0, (int) (centre - support + 0.5));
            final int high = Math.min(in, (int) (centre + support + 0.5));
            first[i] = low;
            count[i] = high - low;
            double sum = 0;
            for (int t = 0; t < high - low; t++) {
                row[t] = filter.at((t + low - centre + 0.5) * step);
                sum += row[t];
            }
            for (int t = 0; t < stride; t++)
                weights[i * stride + t] = t < high - low ? Fixed.of(row[t] / sum) : 0;
        }
    }

    /** First input position that any output reads. */
    int low() {
        return first[0];
    }

    /** One past the last input position that any output reads. */
    int high() {
        return first[size - 1] + count[size - 1];
    }

    private void reserve() {
        if (first.length < size) {
            first = new int[size];
            count = new int[size];
        }
        if (weights.length < size * stride)
            weights = new int[size * stride];
        if (row.length < stride)
            row = new double[stride];
    }
}
