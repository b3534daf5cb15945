package retort.ingest.decode;

import retort.ingest.budget.ByteBudget;

/**
 * The result of a decoder for the region that it was asked for. It holds its bytes of the budget until the thread that decoded closes it.
 *
 * @param rows the decoded part of the image, perhaps at a reduced scale
 * @param box position of the asked region in {@code rows}
 * @param permit permit for the bytes behind {@code rows}
 */
public record Decoded(PixelRows rows, Region box, ByteBudget.Permit permit) implements AutoCloseable {
    @Override
    public void close() {
        permit.close();
    }
}
