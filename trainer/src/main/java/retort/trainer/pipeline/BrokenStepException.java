package retort.trainer.pipeline;

import java.io.Serial;

/** A step left a loss, a gradient or a weight that is no finite number: its weights, and all after it, are worthless. */
final class BrokenStepException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    /**
     * @param step from 1
     * @param part of the loss that broke, {@code gradient}, or a weight
     */
    BrokenStepException(String run, long step, String part) {
        super("run " + run + " broke at step " + step + ": " + part + " is not a finite number");
    }
}
