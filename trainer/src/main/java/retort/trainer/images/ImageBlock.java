package retort.trainer.images;

import java.nio.ByteBuffer;

/**
 * Images that are used together, in stream order.
 *
 * @param pixels uint8, (N, H, W, C), from position 0 to the limit. The buffer comes from the supplier that {@link Rebatch} was
 *     given, which also says when it is written again
 * @param sampleIds id of each image; (N); not changed after this object is made
 * @param labels class index of each image, -1 if it has none; (N); not changed after this object is made
 * @param end the place after the last of these images
 */
@SuppressWarnings("ArrayRecordComponent") // it carries arrays from one stage to the next and is never compared
public record ImageBlock(ByteBuffer pixels, long[] sampleIds, int[] labels, ImagePosition end) {
    /** Number of images. */
    public int count() {
        return sampleIds.length;
    }
}
