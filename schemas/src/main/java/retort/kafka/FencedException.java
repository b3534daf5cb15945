package retort.kafka;

import java.io.Serial;

/**
 * Thrown if this sink may not publish any more: another process has opened a sink with the same transactional id, or the broker has
 * ended this sink for good, which also happens during such a change of owner.
 */
public final class FencedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private static final String WAY_ON = ": only the latest owner may publish; stop one of the two, or give them different names";

    private FencedException(Throwable cause, String message) {
        super(message, cause);
    }

    FencedException(String transactionalId, Throwable cause) {
        this(cause, "another process has taken over transactional id " + transactionalId + WAY_ON);
    }

    /** The broker has ended this owner and gives no further reason. */
    static FencedException ended(String transactionalId, Throwable cause) {
        return new FencedException(cause, "the broker has ended this owner of transactional id " + transactionalId + " ("
                + cause.getMessage() + "), as when another process takes it over" + WAY_ON);
    }
}
