package retort.trainer.pipeline;

import java.util.Optional;
import retort.trainer.images.ImagePosition;

/**
 * A step that is done, or whose work is on its way on a device.
 *
 * @param number of the step, from 1
 * @param end the place in the stream after its images
 * @param learningRate of this step
 * @param measured the step whose losses were read meanwhile: the step before, as a rule
 */
record TakenStep(long number, ImagePosition end, double learningRate, Optional<TrainedStep> measured) {
}
