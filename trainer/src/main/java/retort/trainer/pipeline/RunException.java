package retort.trainer.pipeline;

import java.io.Serial;

/** A run cannot begin or go on. The message names the run, the reason and the way out. */
public final class RunException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public RunException(String message) {
        super(message);
    }

    public RunException(String message, Throwable cause) {
        super(message, cause);
    }
}
