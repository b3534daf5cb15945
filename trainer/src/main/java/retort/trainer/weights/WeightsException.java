package retort.trainer.weights;

import java.io.Serial;

/** A file of weights that is not what it should be, or does not fit the model: the message names file, tensor and way out. */
public final class WeightsException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public WeightsException(String message) {
        super(message);
    }

    public WeightsException(String message, Throwable cause) {
        super(message, cause);
    }
}
