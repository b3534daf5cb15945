package retort.kafka;

import java.io.Serial;
import java.time.Duration;

/**
 * Thrown if the broker itself has ended this sink's ownership of its transactional id, although no other process has claimed the id: a
 * transaction was open for too long, because the broker, the network or this process stood still, or the id was idle for so long that
 * it has expired. Nothing of the last transaction can be read. The service may open another sink of the same name, and must then read its
 * position anew, as after a restart.
 */
public final class OwnershipLapsedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private OwnershipLapsedException(String message, Throwable cause) {
        super(message, cause);
    }

    static OwnershipLapsedException expired(String transactionalId, Throwable cause) {
        return new OwnershipLapsedException(
                "transactional id " + transactionalId + " has expired at the broker, because it was idle"
                        + " for transactional.id.expiration.ms (7 days by default). No other process has claimed it since",
                cause);
    }

    /** @param lasted time since the beginning of the transaction */
    static OwnershipLapsedException timedOut(String transactionalId, Duration lasted, Throwable cause) {
        return new OwnershipLapsedException(
                "the broker has ended a transaction of " + transactionalId + ", because it was open for "
                        + lasted.toSeconds() + " s, longer than transaction.timeout.ms = "
                        + ProducerSettings.TRANSACTION_TIMEOUT.toMillis()
                        + ": the broker, the network or this process stood still. No other process has claimed the id since",
                cause);
    }
}
