package retort.evaluator.suite;

/**
 * Expected calibration error with 15 bins of equal width (Guo et al., 2017, arXiv 1706.04599, equation 3). The error is the mean of the
 * distances between accuracy and mean confidence of the bins, weighted by their numbers of images. Not thread-safe.
 */
final class Calibration {
    private static final int BINS = 15;

    private final long[] images = new long[BINS];
    private final long[] right = new long[BINS];
    private final double[] confidence = new double[BINS];

    /**
     * Adds one image.
     *
     * @param probability probability of the given answer, above 0 and at most 1
     * @param isRight true if that answer is the image's class
     */
    void add(double probability, boolean isRight) {
        // Bin b holds probabilities above b / 15, up to and including (b + 1) / 15.
        final int bin = Math.clamp((int) Math.ceil(probability * BINS) - 1, 0, BINS - 1);
        images[bin]++;
        right[bin] += isRight ? 1 : 0;
        confidence[bin] += probability;
    }

    /** The error, 0 to 1. NaN if there are no images. */
    double error() {
        double sum = 0;
        long all = 0;
        for (int bin = 0; bin < BINS; bin++) {
            sum += Math.abs(right[bin] - confidence[bin]);
            all += images[bin];
        }
        return sum / all;
    }
}
