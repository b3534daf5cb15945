package retort.kafka;

import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends every parcel as a transaction of its own, which is begun, filled and committed before the next one. A transaction that fails is
 * aborted, so that no reader sees its records and the same records may be sent again. Confined to the sink's thread.
 * <p>
 * While no broker answers, it waits without a limit, until the sink is closed and its thread is interrupted. A transaction that has failed
 * for a passing reason, such as an absent broker, is sent once more.
 */
final class TransactionDelivery implements Delivery {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionDelivery.class);

    private final KafkaProducer<byte[], byte[]> producer;
    private final Ownership ownership;

    TransactionDelivery(KafkaProducer<byte[], byte[]> producer, Ownership ownership) {
        this.producer = producer;
        this.ownership = ownership;
    }

    @Override
    public void deliver(Parcel parcel, Outcome done) {
        Optional<KafkaException> failure = parcel.records().isEmpty() ? Optional.empty() : attempt(parcel);
        if (failure.isPresent() && isPassing(failure.get())) { // the abort has succeeded, so a broker answers again
            LOG.warn("a transaction of {} has failed and is sent again: {}", ownership.transactionalId(),
                    failure.get().getMessage());
            failure = attempt(parcel);
        }
        done.known(failure.orElse(null));
    }

    /**
     * True if the same records may succeed: the broker was away, or a partition that was just created has refused one request and accepted
     * the next one, which puts them out of order. The abort gives the producer a new epoch, whose sequence begins anew.
     */
    private static boolean isPassing(KafkaException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause())
            if (cause instanceof TimeoutException || cause instanceof OutOfOrderSequenceException)
                return true;
        return false;
    }

    /**
     * @return the failure of a transaction that is aborted; empty if it is committed
     * @throws RuntimeException if the producer cannot be used any more
     */
    private Optional<KafkaException> attempt(Parcel parcel) {
        final long begun = System.nanoTime();
        try {
            producer.beginTransaction();
            for (final ProducerRecord<byte[], byte[]> record : parcel.records()) {
                final var _ = producer.send(record); // the commit reports whether the record arrived
            }
            parcel.alongside().accept(producer);
            // A commit that timed out may only be tried again. An abort is not allowed, because the commit may have succeeded.
            untilAnswered(producer::commitTransaction, begun);
            return Optional.empty();
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            abort(e, begun);
            return Optional.of(e);
        }
    }

    private void abort(KafkaException why, long begun) {
        if (Ownership.isLost(why))
            throw ownership.lost(since(begun), why);
        try {
            untilAnswered(producer::abortTransaction, begun);
        } catch (InterruptException e) {
            throw e;
        } catch (AuthorizationException e) {
            e.addSuppressed(why);
            throw e;
        } catch (KafkaException e) { // the producer is in a state that it cannot leave
            if (Ownership.isLost(e))
                throw ownership.lost(since(begun), e);
            throw FencedException.ended(ownership.transactionalId(), why);
        }
    }

    private void untilAnswered(Runnable end, long begun) {
        while (true) {
            try {
                end.run();
                return;
            } catch (TimeoutException e) {
                LOG.warn("for {} s no broker at {} has ended a transaction of {}: still waiting ({})", since(begun).toSeconds(),
                        ownership.broker().kafka().bootstrapServers(), ownership.transactionalId(), e.getMessage());
            }
        }
    }

    private static Duration since(long begun) {
        return Duration.ofNanos(System.nanoTime() - begun);
    }
}
