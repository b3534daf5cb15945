package retort.evaluator.knn;

/** Feature rows brought to unit length, so that a dot product is a cosine. */
public final class UnitRows {
    private static final double SHORTEST = 1e-12;

    private UnitRows() {
    }

    /**
     * Divides each row by its length, in place; sums are double.
     *
     * @param rows (n, width)
     * @throws ArithmeticException when a value is not finite: names the row
     */
    public static void normalise(float[] rows, int width) {
        for (int from = 0; from < rows.length; from += width) {
            double squares = 0;
            for (int i = from; i < from + width; i++)
                squares += (double) rows[i] * rows[i];
            if (!Double.isFinite(squares))
                throw new ArithmeticException("the features of image " + from / width + " of a batch are not finite");
            final double length = Math.max(Math.sqrt(squares), SHORTEST);
            for (int i = from; i < from + width; i++)
                rows[i] = (float) (rows[i] / length);
        }
    }
}
