package retort.trainer.engine;

import java.io.Serial;

/** PyTorch cannot be used on this machine. The message says what is missing and how to provide it. */
public final class EngineUnavailableException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public EngineUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }

    public EngineUnavailableException(String message) {
        super(message);
    }
}
