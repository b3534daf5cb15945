package retort.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import retort.codec.EventCodec;

/**
 * Publishes records: idempotent, or transactional with an id that fences every older owner of it. In-flight bytes are bounded:
 * a {@code Mono} is not subscribed to its producer before there is room, so a caller that waits for it is slowed down and one
 * that does not is told nothing early. Any thread may call; blocking producer calls happen on the sink's own thread
 * ({@code retort-sink-NAME}), which also signals: do not block it. Close waits for what is in flight.
 * <p>
 * A Mono fails with {@link FencedException} once a newer owner of the id has appeared, and so does every later one. Any
 * other failure of a transaction leaves nothing of it to read, and the same records may be sent again.
 */
public final class EventSink implements AutoCloseable {
    private static final ClassValue<EventCodec<?>> CODECS = new ClassValue<>() {
        @Override
        protected EventCodec<?> computeValue(Class<?> type) {
            return EventCodec.of(type.asSubclass(SpecificRecord.class));
        }
    };

    private final Outbox outbox;

    private EventSink(Outbox outbox) {
        this.outbox = outbox;
    }

    /** For events. Idempotent, acks=all, compressed. */
    public static EventSink idempotent(KafkaSettings kafka, String name, long inFlightBytes) {
        final KafkaProducer<byte[], byte[]> producer = producer(kafka, name, ProducerSettings.events(inFlightBytes), Map.of());
        return new EventSink(Outbox.open(name, inFlightBytes, producer, new AcknowledgedDelivery(producer)));
    }

    /**
     * For events. Transactional. Blocks in {@code initTransactions}: after it returns every transaction of an older owner of the id is
     * decided, and that owner is fenced.
     *
     * @throws BrokerUnreachableException when no broker answers within {@code timeout}
     */
    public static EventSink transactional(KafkaSettings kafka, String name, String transactionalId, long inFlightBytes,
            Duration timeout) {
        return transactional(kafka, name, transactionalId, inFlightBytes, ProducerSettings.events(inFlightBytes), timeout);
    }

    /**
     * As {@link #transactional(KafkaSettings, String, String, long, Duration)}, for pixel batches: not compressed, and with buffers of one
     * record.
     *
     * @param maxRecordBytes the largest value of a record; a few much smaller ones beside it do no harm
     */
    public static EventSink transactional(KafkaSettings kafka, String name, String transactionalId, long inFlightBytes,
            int maxRecordBytes, Duration timeout) {
        return transactional(kafka, name, transactionalId, inFlightBytes,
                ProducerSettings.batches(maxRecordBytes, inFlightBytes), timeout);
    }

    private static EventSink transactional(KafkaSettings kafka, String name, String transactionalId, long inFlightBytes,
            Map<String, Object> sizes, Duration timeout) {
        final KafkaProducer<byte[], byte[]> producer = producer(kafka, name, sizes,
                ProducerSettings.transactional(transactionalId, timeout));
        try {
            producer.initTransactions();
        } catch (TimeoutException e) {
            producer.close(Duration.ZERO);
            throw new BrokerUnreachableException(kafka.bootstrapServers(), e);
        }
        return new EventSink(Outbox.open(name, inFlightBytes, producer, new TransactionDelivery(producer, transactionalId)));
    }

    private static KafkaProducer<byte[], byte[]> producer(KafkaSettings kafka, String name, Map<String, Object> sizes,
            Map<String, Object> transactions) {
        final Map<String, Object> properties = kafka.with(sizes);
        properties.putAll(transactions);
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, name);
        try {
            return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        } catch (KafkaException e) {
            throw BrokerUnreachableException.explained(kafka.bootstrapServers(), e);
        }
    }

    /** Encodes and sends one event; a null value is a tombstone. In a transactional sink: a transaction of its own. */
    public <T extends SpecificRecord> Mono<Void> send(String topic, String key, @Nullable T value) {
        return sendAll(List.of(record(topic, key, value)));
    }

    /** Sends raw records; completes when all are acknowledged. In a transactional sink: one transaction, begun, filled and committed in one go. */
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

    /** {@code value} as a record for {@link #sendAll}; null is a tombstone. */
    public static <T extends SpecificRecord> ProducerRecord<byte[], byte[]> record(String topic, String key, @Nullable T value) {
        return new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value == null ? null : encode(value));
    }

    @SuppressWarnings("unchecked") // the codec of a class encodes its instances
    private static <T extends SpecificRecord> byte[] encode(T value) {
        return ((EventCodec<T>) CODECS.get(value.getClass())).encode(value);
    }

    /** Bytes of what was handed to the producer and is not yet acknowledged. */
    BufferedBytes inFlight() {
        return outbox.inFlight();
    }

    /** Waits, half a minute at most, for what is in flight; what is sent afterwards fails. */
    @Override
    public void close() {
        outbox.close();
    }
}
