package retort.trainer.pipeline;

import java.io.Serial;

/** A step left a loss, a gradient or a weight that is not finite. The weights after it are worthless. */
final class BrokenStepException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    /**
     * @param step number of the step, from 1
     * @param part the part of the loss that is not finite, {@code gradient}, or {@code weight NAME}
     */
    BrokenStepException(String run, long step, String part) {
        super("run " + run + " broke at step " + step + ": " + part + " is not a finite number");
    }
}
