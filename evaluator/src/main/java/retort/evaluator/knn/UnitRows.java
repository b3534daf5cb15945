package retort.evaluator.knn;

/** Scales feature rows to unit length, so that their dot product is the cosine similarity. */
public final class UnitRows {
    private static final double SHORTEST = 1e-12;

    private UnitRows() {
    }

    /**
     * Divides each row by its length, in place, with sums in double precision. A row shorter than 1e-12 is divided by 1e-12.
     *
     * @param rows features, shape (n, width), row-major
     * @param width number of values in a row
     * @throws ArithmeticException if a value is not finite; the message names the row
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
