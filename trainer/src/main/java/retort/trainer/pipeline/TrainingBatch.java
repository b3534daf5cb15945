package retort.trainer.pipeline;

import java.nio.ByteBuffer;

/**
 * The images of one step, in stream order.
 *
 * @param pixels direct, uint8, (N, H, W, C); lent by {@link BatchBuffers}: whoever ends the batch's life gives it back
 * @param sampleIds id of each image; (N)
 * @param labels class index of each image, -1 without; (N)
 * @param end where the run stands once these images are used
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record TrainingBatch(ByteBuffer pixels, long[] sampleIds, int[] labels, RunPosition end) {
}
