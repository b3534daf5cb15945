package retort.ingest.decode;

import retort.ingest.budget.ByteBudget;

/**
 * What a decoder made of the region it was asked for. Holds its bytes of the budget until closed, by the thread that decoded.
 *
 * @param rows the decoded part of the image, perhaps at a reduced scale
 * @param box where the asked region lies in {@code rows}
 * @param permit of the bytes behind {@code rows}
 */
public record Decoded(PixelRows rows, Region box, ByteBudget.Permit permit) implements AutoCloseable {
    @Override
    public void close() {
        permit.close();
    }
}
