package retort.trainer.pipeline;

import java.io.Serial;

/** Another trainer has taken the run over. The steps that this trainer took after its last checkpoint do not count. */
public final class RunFencedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public RunFencedException(String run, Throwable cause) {
        super("run " + run + " was taken over by another trainer with the same run id: this one stops, its steps since the last"
                + " checkpoint do not count; give one of the two another name in trainer.runs to train both", cause);
    }
}
