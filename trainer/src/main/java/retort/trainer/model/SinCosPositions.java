package retort.trainer.model;

/** MAE's fixed position table: sines and cosines of a patch's column, then of its row. Any thread. */
public final class SinCosPositions {
    private SinCosPositions() {
    }

    /**
     * Computes the table.
     *
     * @param width D, a multiple of 4
     * @param grid patches along a side
     * @return (1 + grid * grid, width), row-major: zeros for the class token, then the patches row by row. The values of a patch are in
     *     four quarters: sines of its column, cosines of its column, sines of its row, cosines of its row. The frequency of value k of
     *     a quarter is 10000^(-k / (width / 4))
     */
    public static float[] table(int width, int grid) {
        final int quarter = width / 4;
        final float[] table = new float[(1 + grid * grid) * width];
        for (int row = 0; row < grid; row++)
            for (int column = 0; column < grid; column++) {
                final int at = (1 + row * grid + column) * width;
                for (int k = 0; k < quarter; k++) {
                    final double frequency = StrictMath.pow(10000, -(double) k / quarter);
                    table[at + k] = (float) StrictMath.sin(column * frequency);
                    table[at + quarter + k] = (float) StrictMath.cos(column * frequency);
                    table[at + 2 * quarter + k] = (float) StrictMath.sin(row * frequency);
                    table[at + 3 * quarter + k] = (float) StrictMath.cos(row * frequency);
                }
            }
        return table;
    }
}
