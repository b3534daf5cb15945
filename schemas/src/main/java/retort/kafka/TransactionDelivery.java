package retort.kafka;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Sends every parcel as a transaction of its own, which is begun, filled and committed before the next one. A transaction that fails is
 * aborted, so that no reader sees its records and the same records may be sent again. Confined to the sink's thread.
 */
final class TransactionDelivery implements Delivery {
    private static final int COMMIT_TRIES = 3;

    private final KafkaProducer<byte[], byte[]> producer;
    private final String transactionalId;

    TransactionDelivery(KafkaProducer<byte[], byte[]> producer, String transactionalId) {
        this.producer = producer;
        this.transactionalId = transactionalId;
    }

    @Override
    public void deliver(Parcel parcel, Outcome done) {
        if (parcel.records().isEmpty()) {
            done.known(null);
            return;
        }
        try {
            producer.beginTransaction();
            for (final ProducerRecord<byte[], byte[]> record : parcel.records()) {
                final var _ = producer.send(record); // the commit reports whether the record arrived
            }
            parcel.alongside().accept(producer);
        } catch (KafkaException e) {
            abort(e, done);
            return;
        }
        commit(done);
    }

    /** Commits. A commit that timed out may only be tried again; an abort is not allowed, because the commit may have succeeded. */
    private void commit(Outcome done) {
        for (int tries = 1;; tries++) {
            try {
                producer.commitTransaction();
                done.known(null);
                return;
            } catch (TimeoutException e) {
                if (tries == COMMIT_TRIES)
                    throw new KafkaException("no broker said whether the transaction of " + transactionalId + " is committed", e);
            } catch (KafkaException e) {
                abort(e, done);
                return;
            }
        }
    }

    private void abort(KafkaException why, Outcome done) {
        requireOwner(why);
        try {
            producer.abortTransaction();
        } catch (TimeoutException | AuthorizationException e) {
            e.addSuppressed(why);
            throw e;
        } catch (KafkaException e) { // the producer is in a state that it cannot leave
            requireOwner(e);
            throw FencedException.ended(transactionalId, why);
        }
        done.known(why);
    }

    /**
     * Throws FencedException if a newer owner exists. A newer owner that appears between the records and the commit has already ended the
     * transaction. The commit then fails because of the state of the transaction, and not because of the epoch. Only an owner changes that
     * state.
     */
    private void requireOwner(KafkaException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause())
            if (cause instanceof InvalidPidMappingException)
                throw FencedException.expired(transactionalId, e);
            else if (cause instanceof ProducerFencedException || cause instanceof InvalidProducerEpochException
                    || cause instanceof InvalidTxnStateException)
                throw new FencedException(transactionalId, e);
    }
}
