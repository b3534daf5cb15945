package retort.kafka;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

/**
 * Finds out why a producer has lost its transactional id. A broker answers a producer that another process has replaced in the same way
 * as a producer whose transaction was open for too long or whose id has expired. The state of the id at its coordinator tells the two apart. Blocks. Confined to
 * the sink's thread.
 *
 * @param broker the cluster
 * @param transactionalId the id, with the prefix
 */
record Ownership(Broker broker, String transactionalId) {
    /** The states after the coordinator has aborted a transaction. A new owner's claim changes the state to EMPTY. */
    private static final Set<TransactionState> ABORTED = EnumSet.of(TransactionState.PREPARE_ABORT,
            TransactionState.COMPLETE_ABORT);

    /**
     * True if the producer does not own the id any more. A newer owner that appears between the records and the commit has already ended
     * the transaction. The commit then fails because of the state of the transaction, and not because of the epoch.
     */
    static boolean isLost(Throwable failure) {
        return isExpired(failure) || isCausedBy(failure, ProducerFencedException.class)
                || isCausedBy(failure, InvalidProducerEpochException.class)
                || isCausedBy(failure, InvalidTxnStateException.class);
    }

    /**
     * The exception for a producer that has lost its id.
     *
     * @param lasted time since the beginning of the transaction
     */
    RuntimeException lost(Duration lasted, KafkaException failure) {
        final Optional<TransactionState> state;
        try {
            state = state();
        } catch (RuntimeException e) { // without an answer, another owner cannot be excluded
            return new FencedException(transactionalId, failure);
        }
        if (isExpired(failure) && state.isEmpty())
            return OwnershipLapsedException.expired(transactionalId, failure);
        return lasted.compareTo(ProducerSettings.TRANSACTION_TIMEOUT) >= 0 && state.filter(ABORTED::contains).isPresent()
                ? OwnershipLapsedException.timedOut(transactionalId, lasted, failure)
                : new FencedException(transactionalId, failure);
    }

    /** Empty if the broker does not know the id. */
    private Optional<TransactionState> state() {
        return broker.ask(admin -> {
            try {
                return Optional.of(Broker.await(admin.describeTransactions(List.of(transactionalId)).description(transactionalId))
                        .state());
            } catch (TransactionalIdNotFoundException e) {
                return Optional.empty();
            }
        });
    }

    private static boolean isExpired(Throwable failure) {
        return isCausedBy(failure, InvalidPidMappingException.class);
    }

    private static boolean isCausedBy(Throwable failure, Class<? extends KafkaException> kind) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause())
            if (kind.isInstance(cause))
                return true;
        return false;
    }
}
