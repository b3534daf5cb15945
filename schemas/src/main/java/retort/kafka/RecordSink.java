package retort.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import reactor.core.publisher.Mono;

/**
 * Publishes records by one producer: idempotent, or transactional with an id that fences every older owner of it. {@link Broker} opens
 * it; the caller closes it. Any thread may call; blocking producer calls happen on the sink's own thread ({@code retort-sink-NAME}), which
 * also signals: do not block it.
 * <p>
 * Memory is bounded. The producer holds at most {@code inFlightBytes}; a send that finds no room waits, and its Mono completes later. Once
 * the sends that are not finished reach twice that many bytes, or {@value Outbox#MOST_PARCELS} in number, the next Mono fails at once with
 * {@link SinkFullException}. So a caller that waits for each Mono is slowed down, and a caller that does not wait is refused.
 * <p>
 * A Mono fails with {@link FencedException} once a newer owner of the id has appeared, and so does every later one. Any other failure of
 * a transaction leaves none of its records to read, and the same records may be sent again.
 */
public final class RecordSink implements AutoCloseable {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Outbox outbox;

    private RecordSink(Outbox outbox) {
        this.outbox = outbox;
    }

    static RecordSink idempotent(Broker broker, String name, long inFlightBytes) {
        final KafkaProducer<byte[], byte[]> producer = producer(broker, name, ProducerSettings.events(inFlightBytes), Map.of());
        return new RecordSink(Outbox.open(name, inFlightBytes, producer, new AcknowledgedDelivery(producer),
                explained(broker, Attempt.write(broker.global(name)))));
    }

    /** @param sizes what follows from the records that are sent, by {@link ProducerSettings} */
    static RecordSink transactional(Broker broker, String name, long inFlightBytes, Map<String, Object> sizes) {
        final String transactionalId = broker.global(name);
        final KafkaProducer<byte[], byte[]> producer = producer(broker, name, sizes,
                ProducerSettings.transactional(transactionalId, broker.timeout()));
        try {
            producer.initTransactions();
        } catch (KafkaException e) {
            producer.close(Duration.ZERO);
            throw Sentences.explain(broker.kafka(), Attempt.claim(transactionalId), broker.timeout(), e);
        }
        return new RecordSink(Outbox.open(name, inFlightBytes, producer, new TransactionDelivery(producer, transactionalId),
                explained(broker, Attempt.claim(transactionalId))));
    }

    private static UnaryOperator<Throwable> explained(Broker broker, Attempt attempt) {
        return failure -> failure instanceof KafkaException known
                ? Sentences.explainAnswer(broker.kafka(), attempt, known)
                : failure;
    }

    private static KafkaProducer<byte[], byte[]> producer(Broker broker, String name, Map<String, Object> sizes,
            Map<String, Object> transactions) {
        final Map<String, Object> properties = broker.kafka().producer(sizes);
        properties.putAll(transactions);
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, broker.global(name));
        try {
            return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        } catch (KafkaException e) {
            throw Sentences.explainAnswer(broker.kafka(), Attempt.look(), e);
        }
    }

    /** Encodes and sends one event. In a transactional sink: a transaction of its own. */
    public <T extends SpecificRecord> Mono<Void> send(Topic<T> topic, T value) {
        return sendAll(List.of(topic.record(value)));
    }

    /**
     * Sends records; completes when all are acknowledged. In a transactional sink: one transaction, begun, filled and committed without
     * a pause.
     */
    public Mono<Void> sendAll(List<ProducerRecord<byte[], byte[]>> records) {
        return sendAll(records, producer -> {
        });
    }

    /**
     * As {@link #sendAll(List)}, with something else in the same transaction, such as consumed offsets.
     *
     * @param alongside called on the sink's thread, after the records and before the commit; only by a transactional sink
     */
    public Mono<Void> sendAll(List<ProducerRecord<byte[], byte[]>> records, Consumer<Producer<byte[], byte[]>> alongside) {
        final List<ProducerRecord<byte[], byte[]>> copy = List.copyOf(records);
        return Mono.create(waiting -> outbox.put(Parcel.of(copy, alongside, waiting)));
    }

    /** Bytes that were handed to the producer and are not acknowledged yet. */
    BufferedBytes inFlight() {
        return outbox.inFlight();
    }

    /** Waits for what is in flight, 5 s at most, because a process has 10 s to leave; what is sent afterwards fails. */
    @Override
    public void close() {
        outbox.close(CLOSE_TIMEOUT);
    }

    /** Waits for what is in flight, at most {@code longest}; what is not acknowledged by then fails. */
    void close(Duration longest) {
        outbox.close(longest);
    }
}
