package retort.evaluator.suite;

import java.io.Serial;

/** Thrown if a checkpoint cannot be scored because of its own file or numbers. The pipeline rejects it with this reason and goes on. */
public final class CheckpointRefusedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public CheckpointRefusedException(String reason) {
        super(reason);
    }

    public CheckpointRefusedException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
