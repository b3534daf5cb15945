package retort.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import reactor.core.publisher.Mono;

/**
 * Publishes records with one producer. The producer is idempotent, or it is transactional with an id that fences every older owner of the
 * id. {@link Broker} opens the sink; the caller closes it. Any thread may call it. Blocking producer calls run on the sink's own thread
 * ({@code retort-sink-NAME}). That thread also signals, so a subscriber must not block it.
 * <p>
 * Memory is bounded. The producer holds at most {@code inFlightBytes}. A send that finds no room waits, and its Mono completes later. When
 * the unfinished sends reach twice that many bytes, or {@value Outbox#MOST_PARCELS} in number, the next Mono fails at once with
 * {@link SinkFullException}. So a caller that waits for each Mono is slowed down, and a caller that does not wait is refused.
 * <p>
 * When a newer owner of the id has appeared, a Mono and all later ones fail with {@link FencedException}. When the broker itself has ended
 * a transaction that was open for too long, they fail with {@link OwnershipLapsedException}. When a topic that the sink has written to is
 * deleted, or deleted and made again, all unfinished Monos and all later ones fail within seconds with {@link TopicChangedException}. After
 * any other failure of a
 * transaction, readers of committed records see none of its records, and the same records may be sent again.
 */
public final class RecordSink implements AutoCloseable {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final Outbox outbox;
    private final UsedTopics used;

    private RecordSink(Outbox outbox, UsedTopics used) {
        this.outbox = outbox;
        this.used = used;
    }

    static RecordSink idempotent(Broker broker, String name, long inFlightBytes) {
        final KafkaProducer<byte[], byte[]> producer = producer(broker, name, ProducerSettings.events(inFlightBytes), Map.of());
        return opened(broker, name, inFlightBytes, producer, new AcknowledgedDelivery(producer),
                Attempt.write(broker.global(name), broker.topics().streams().name()));
    }

    /** @param sizes producer properties from {@link ProducerSettings}, which depend on the kind of the records */
    static RecordSink transactional(Broker broker, String name, long inFlightBytes, Map<String, Object> sizes) {
        final String transactionalId = broker.global(name);
        final KafkaProducer<byte[], byte[]> producer = producer(broker, name, sizes,
                ProducerSettings.transactional(transactionalId, broker.timeout()));
        try {
            producer.initTransactions();
        } catch (KafkaException e) {
            Outbox.end(name, producer, Duration.ZERO);
            throw Sentences.explain(broker.kafka(), Attempt.claim(transactionalId), broker.timeout(), e);
        }
        return opened(broker, name, inFlightBytes, producer,
                new TransactionDelivery(producer, new Ownership(broker, transactionalId)), Attempt.claim(transactionalId));
    }

    /** When a topic has changed, a close by force ends the producer's calls, which would wait for that topic. */
    private static RecordSink opened(Broker broker, String name, long inFlightBytes, KafkaProducer<byte[], byte[]> producer,
            Delivery delivery, Attempt attempt) {
        final UsedTopics used = TopicWatch.use(broker, changed -> {
            if (changed.change().isPresent())
                producer.close(Duration.ZERO);
        });
        return new RecordSink(Outbox.open(name, inFlightBytes, producer, new WatchedDelivery(delivery, used),
                failure -> explained(broker, attempt, used, failure)), used);
    }

    private static Throwable explained(Broker broker, Attempt attempt, UsedTopics used, Throwable failure) {
        final Optional<TopicChangedException> change = used.change();
        if (change.isPresent())
            return change.get();
        if (!(failure instanceof KafkaException known))
            return failure;
        final RuntimeException sentence = Sentences.explainAnswer(broker.kafka(), attempt, known);
        return known instanceof UnknownTopicOrPartitionException || known instanceof UnknownTopicIdException
                ? used.explained(sentence)
                : sentence;
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

    /** Encodes and sends one event. In a transactional sink, the event is a transaction of its own. */
    public <T extends SpecificRecord> Mono<Void> send(Topic<T> topic, T value) {
        return sendAll(List.of(topic.record(value)));
    }

    /**
     * Sends records. The Mono completes when all are acknowledged. In a transactional sink the records are one transaction, which is begun,
     * filled and committed without a pause.
     */
    public Mono<Void> sendAll(List<ProducerRecord<byte[], byte[]>> records) {
        return sendAll(records, producer -> {
        });
    }

    /**
     * Sends records as {@link #sendAll(List)} does, with other parts in the same transaction, such as consumed offsets.
     *
     * @param alongside called on the sink's thread, after the records and before the commit; only a transactional sink calls it
     */
    public Mono<Void> sendAll(List<ProducerRecord<byte[], byte[]>> records, Consumer<Producer<byte[], byte[]>> alongside) {
        final List<ProducerRecord<byte[], byte[]>> copy = List.copyOf(records);
        return Mono.create(waiting -> outbox.put(Parcel.of(copy, alongside, waiting)));
    }

    /** The topics that this sink has written to. */
    UsedTopics used() {
        return used;
    }

    /** The bytes that the producer holds and that are not acknowledged yet. */
    BufferedBytes inFlight() {
        return outbox.inFlight();
    }

    /** Waits for the records in flight, for at most 2 s, because a process has 10 s to end and may have several sinks. Later sends fail. */
    @Override
    public void close() {
        close(CLOSE_TIMEOUT);
    }

    /** Waits for the records in flight, for at most {@code longest}. Records that are not acknowledged by then fail. */
    void close(Duration longest) {
        outbox.close(longest);
        used.close();
    }
}
