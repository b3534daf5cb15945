package retort.trainer.weights;

import java.io.Serial;

/** Weights are damaged, unknown, or do not fit the model. The message names the file, the tensor and the way out. */
public final class WeightsException extends IllegalArgumentException {
    @Serial
    private static final long serialVersionUID = 1;

    public WeightsException(String message) {
        super(message);
    }

    public WeightsException(String message, Throwable cause) {
        super(message, cause);
    }
}
