package retort.trainer.pipeline;

import java.util.Optional;
import retort.trainer.images.ImagePosition;

/**
 * A step that is done, or whose work is queued on a device.
 *
 * @param number number of the step, from 1
 * @param end the place in the stream after its images
 * @param learningRate learning rate of this step
 * @param measured the step whose losses were read meanwhile; usually the step before
 */
record TakenStep(long number, ImagePosition end, double learningRate, Optional<TrainedStep> measured) {
}
