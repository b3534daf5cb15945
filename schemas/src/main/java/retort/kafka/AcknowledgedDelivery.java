package retort.kafka;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Sends without a transaction. The outcome is known when the last record is acknowledged, on the producer's own thread. */
final class AcknowledgedDelivery implements Delivery {
    private final KafkaProducer<byte[], byte[]> producer;

    AcknowledgedDelivery(KafkaProducer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    @Override
    public void deliver(Parcel parcel, Outcome done) {
        final AtomicInteger open = new AtomicInteger(parcel.records().size());
        final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        if (parcel.records().isEmpty())
            done.known(null);
        for (final ProducerRecord<byte[], byte[]> record : parcel.records())
            send(record, error -> {
                if (error != null)
                    failure.compareAndSet(null, error);
                if (open.decrementAndGet() == 0)
                    done.known(failure.get());
            });
    }

    private void send(ProducerRecord<byte[], byte[]> record, Outcome done) {
        try {
            final var _ = producer.send(record, (metadata, error) -> done.known(error)); // the callback reports the outcome
        } catch (RuntimeException e) { // thrown before the callback was taken
            done.known(e);
        }
    }
}
