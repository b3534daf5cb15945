package retort.evaluator.suite;

import java.io.Serial;

/** A checkpoint that cannot be scored, through its own fault: it is set aside with this reason, and the next one is taken. */
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
