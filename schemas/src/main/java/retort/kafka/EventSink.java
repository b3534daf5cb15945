package retort.kafka;

import java.time.Duration;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import reactor.core.publisher.Mono;

/**
 * Publishes records: idempotent, or transactional with an id that fences every older owner of it. In-flight bytes are bounded:
 * a {@code Mono} is not subscribed to its producer before there is room, so a caller that waits for it is slowed down and one
 * that does not is told nothing early. Any thread may call; blocking producer calls happen on the sink's own thread
 * ({@code retort-sink-NAME}). Close waits for what is in flight.
 */
public final class EventSink implements AutoCloseable {
    private EventSink() {
    }

    /** Idempotent, acks=all. */
    public static EventSink idempotent(KafkaSettings kafka, String name, long inFlightBytes) {
        throw new UnsupportedOperationException();
    }

    /**
     * Transactional. Blocks in {@code initTransactions}: after it returns every transaction of an older owner of the id is
     * decided, and that owner is fenced.
     */
    public static EventSink transactional(KafkaSettings kafka, String name, String transactionalId, long inFlightBytes,
            Duration timeout) {
        throw new UnsupportedOperationException();
    }

    /** Encodes and sends one event; a null value is a tombstone. In a transactional sink: a transaction of its own. */
    public <T extends SpecificRecord> Mono<Void> send(String topic, String key, T value) {
        throw new UnsupportedOperationException();
    }

    /** Sends raw records; completes when all are acknowledged. In a transactional sink: one transaction, begun, filled and committed in one go. */
    public Mono<Void> sendAll(List<ProducerRecord<byte[], byte[]>> records) {
        throw new UnsupportedOperationException();
    }

    /** {@code value} as a record for {@link #sendAll}. */
    public static <T extends SpecificRecord> ProducerRecord<byte[], byte[]> record(String topic, String key, T value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
