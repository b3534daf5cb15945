package retort.evaluator.knn;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Features of N images.
 *
 * @param rows features, shape (N, width), row-major
 * @param width number of values in a row
 * @param labels class index of each row, negative for a row without a label; shape (N)
 */
@SuppressWarnings("ArrayRecordComponent") // only carries data, never compared
public record FeatureBlock(float[] rows, int width, int[] labels) {
    public FeatureBlock {
        if (rows.length != (long) width * labels.length)
            throw new IllegalArgumentException(rows.length + " values are not " + labels.length + " rows of " + width);
    }

    public int count() {
        return labels.length;
    }

    /** Joins the rows that have a label, each scaled to unit length. @throws ArithmeticException if a value is not finite */
    static FeatureBlock labelled(List<FeatureBlock> blocks) {
        final int width = blocks.getFirst().width();
        final int[] labels = blocks.stream().flatMapToInt(block -> IntStream.of(block.labels())).filter(label -> label >= 0)
                .toArray();
        final float[] rows = new float[Math.multiplyExact(labels.length, width)];
        int row = 0;
        for (final FeatureBlock block : blocks)
            for (int i = 0; i < block.count(); i++)
                if (block.labels()[i] >= 0)
                    System.arraycopy(block.rows(), i * width, rows, row++ * width, width);
        UnitRows.normalise(rows, width);
        return new FeatureBlock(rows, width, labels);
    }
}
