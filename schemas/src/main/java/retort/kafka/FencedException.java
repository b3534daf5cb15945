package retort.kafka;

import java.io.Serial;

/**
 * This sink may publish no more: another process has opened one with the same transactional id, or the broker has ended this one for
 * good, as it does in the midst of such a change.
 */
public final class FencedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private FencedException(Throwable cause, String message) {
        super(message + ": only the latest owner may publish; stop one of the two, or give them different names", cause);
    }

    FencedException(String transactionalId, Throwable cause) {
        this(cause, "another process has taken over transactional id " + transactionalId);
    }

    /** The broker says no more than that this owner is at its end. */
    static FencedException ended(String transactionalId, Throwable cause) {
        return new FencedException(cause, "the broker has ended this owner of transactional id " + transactionalId + " ("
                + cause.getMessage() + "), as when another process takes it over");
    }
}
