package retort.evaluator.suite;

/**
 * The headline figure of a suite.
 *
 * @param metric key in an evaluation's metrics
 * @param title column title in the table of evaluations
 * @param better the direction in which a model improves
 */
public record Figure(String metric, String title, Better better) {
    /** The direction in which a figure improves. */
    public enum Better {
        HIGHER, LOWER
    }

    /** A figure that grows as a model improves, such as an accuracy. */
    public static Figure higherIsBetter(String metric, String title) {
        return new Figure(metric, title, Better.HIGHER);
    }

    /** A figure that falls as a model improves, such as a loss. */
    public static Figure lowerIsBetter(String metric, String title) {
        return new Figure(metric, title, Better.LOWER);
    }

    /** Compares two values. A NaN improves on nothing, and nothing improves on a NaN. */
    public boolean improves(double value, double best) {
        return switch (better) {
            case HIGHER -> value > best;
            case LOWER -> value < best;
        };
    }
}
