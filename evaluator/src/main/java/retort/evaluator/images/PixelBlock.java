package retort.evaluator.images;

import java.nio.ByteBuffer;

/**
 * Images that are scored together.
 *
 * @param pixels direct, uint8, (N, H, W, C); valid until the next block is requested
 * @param labels class index of each image, -1 without; (N), the receiver's
 * @param sampleIds id of each image; (N), the receiver's
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record PixelBlock(ByteBuffer pixels, int[] labels, long[] sampleIds) {
    public int count() {
        return labels.length;
    }
}
