package retort.ingest.decode;

import retort.ingest.budget.ByteBudget;

/**
 * A decoded region. It holds its bytes of the budget until the thread that decoded it closes it.
 *
 * @param rows the decoded part of the image, perhaps at a reduced scale
 * @param box the requested region, in the pixels of {@code rows}
 * @param permit the permit for the bytes behind {@code rows}
 */
public record Decoded(PixelRows rows, Region box, ByteBudget.Permit permit) implements AutoCloseable {
    @Override
    public void close() {
        permit.close();
    }
}
