package retort.evaluator.knn;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * The k most similar bank rows of every query, most similar first. They are collected from blocks of similarities. Of two rows with equal
 * similarity the lower row is nearer, so that the result does not depend on the cut of the bank into blocks. Holds
 * {@code 8 x queries x k} bytes. Not thread-safe.
 */
public final class NearestNeighbours {
    private final int k;
    private final float[] similarities; // (queries, k)
    private final int[] rows; // (queries, k)
    private final int[] found; // (queries)

    public NearestNeighbours(int queries, int k) {
        this.k = k;
        this.similarities = new float[Math.multiplyExact(queries, k)];
        this.rows = new int[queries * k];
        this.found = new int[queries];
        Arrays.fill(similarities, Float.NEGATIVE_INFINITY);
    }

    /**
     * Adds one block of similarities. The blocks of one query must come in ascending order of bank rows.
     *
     * @param block similarities, shape (queries, columns), from the buffer's position on; the position is not moved
     * @param firstQuery query of the block's first row
     * @param queries number of rows of the block
     * @param firstRow bank row of the block's first column
     * @param columns number of bank rows in the block
     */
    public void offer(FloatBuffer block, int firstQuery, int queries, int firstRow, int columns) {
        final float[] line = new float[columns];
        for (int q = 0; q < queries; q++) {
            block.get(block.position() + q * columns, line);
            offer(firstQuery + q, line, firstRow);
        }
    }

    /**
     * Adds a block as {@link #offer(FloatBuffer, int, int, int, int)} does, but reads only the rows of the block that can change the result.
     *
     * @param highest highest similarity of each row of the block; shape (queries)
     */
    public void offer(FloatBuffer block, float[] highest, int firstQuery, int firstRow, int columns) {
        final float[] line = new float[columns];
        for (int q = 0; q < highest.length; q++)
            if (highest[q] > similarities[(firstQuery + q) * k + k - 1]) {
                block.get(block.position() + q * columns, line);
                offer(firstQuery + q, line, firstRow);
            }
    }

    private void offer(int query, float[] line, int firstRow) {
        final int last = query * k + k - 1;
        float worst = similarities[last];
        for (int column = 0; column < line.length; column++) {
            final float similarity = line[column];
            if (similarity > worst) { // a row with equal similarity comes later in the bank, so it is farther
                insert(query, similarity, firstRow + column);
                worst = similarities[last];
            }
        }
    }

    private void insert(int query, float similarity, int row) {
        final int first = query * k;
        int slot = first + Math.min(found[query], k - 1);
        for (; slot > first && similarities[slot - 1] < similarity; slot--) {
            similarities[slot] = similarities[slot - 1];
            rows[slot] = rows[slot - 1];
        }
        similarities[slot] = similarity;
        rows[slot] = row;
        found[query] = Math.min(found[query] + 1, k);
    }

    /** Number of neighbours of {@code query}: k, or fewer in a smaller bank. */
    public int found(int query) {
        return found[query];
    }

    /** The bank row of the neighbour at {@code rank}. Rank 0 is the nearest. */
    public int row(int query, int rank) {
        return rows[query * k + rank];
    }

    /** The cosine similarity of the neighbour at {@code rank}, -1 to 1. */
    public float similarity(int query, int rank) {
        return similarities[query * k + rank];
    }
}
