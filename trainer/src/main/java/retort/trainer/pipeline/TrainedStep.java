package retort.trainer.pipeline;

import retort.trainer.images.ImagePosition;
import retort.trainer.learn.Losses;

/**
 * One optimiser step with its losses.
 *
 * @param number number of the step, from 1
 * @param sampleIds ids of the images of the step, in stream order; (N). All listeners share the array: do not write to it
 * @param losses losses of exactly these images under the weights before this step, and the learning rate of this step
 * @param end the place in the stream after these images
 */
@SuppressWarnings("ArrayRecordComponent") // it carries an array to listeners and is never compared
public record TrainedStep(long number, long[] sampleIds, Losses losses, ImagePosition end) {
}
