package retort.trainer.checkpoint;

/** Another trainer has taken over the checkpoints of a run. The message names the run's folder and the way out. */
public final class NotOwnerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotOwnerException(String message) {
        super(message);
    }
}
