package retort.trainer.pipeline;

import java.util.Optional;
import retort.trainer.images.ImagePosition;
import retort.trainer.learn.Losses;

/**
 * A step that is done, or on its way on a device.
 *
 * @param finished steps finished with it
 * @param end where the run stands then
 * @param learningRate of the step
 * @param read the losses that were read meanwhile: those of the step before, as a rule
 */
record FinishedStep(long finished, ImagePosition end, double learningRate, Optional<Losses> read) {
}
