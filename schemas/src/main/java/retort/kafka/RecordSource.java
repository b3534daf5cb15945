package retort.kafka;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * A cold Flux over a KafkaConsumer. Every subscriber has its own consumer and its own thread ({@link SourceSubscription}). That thread
 * polls, merges, and calls the subscriber. It does nothing else, and no other thread calls the consumer.
 *
 * @param <T> type of the emitted items
 */
final class RecordSource<T> extends Flux<T> {
    /** Numbers the clients of one process, because Kafka registers its metrics by client id. */
    private static final AtomicLong CLIENTS = new AtomicLong();

    private final String name;
    private final Broker broker;
    private final Map<String, ?> properties;
    private final FetchBudget budget;
    private final Opening<T> opening;
    private final BufferedBytes gauge = new BufferedBytes();

    /** Assigns and seeks a new consumer, and returns the merge for its records. Called once, on the source's thread. */
    @FunctionalInterface
    interface Opening<T> {
        Opened<T> open(OwnedConsumer consumer);
    }

    /**
     * The topic that a source reads, and the order of its records.
     *
     * @param topic the topic's name
     * @param partitions number of partitions; the partitions 0 to {@code partitions} - 1 are assigned
     * @param merge decides which record is emitted next
     * @param growth decides what becomes of partitions that are added later
     */
    record Opened<T>(String topic, int partitions, Merge<T> merge, Growth growth) {
        /** A topic of which partitions that are added later are not read. */
        Opened(String topic, int partitions, Merge<T> merge) {
            this(topic, partitions, merge, (consumer, read, present) -> read);
        }
    }

    /** Follows a topic that is given more partitions while it is read. */
    @FunctionalInterface
    interface Growth {
        /**
         * Called on the source's thread before every poll.
         *
         * @param read number of partitions that are read: 0 to {@code read} - 1
         * @param present number of partitions that the topic has; 0 if that is not known
         * @return number of partitions that are read from now on, which are assigned
         */
        int follow(OwnedConsumer consumer, int read, int present);
    }

    /** @param name names the thread, {@code retort-source-NAME}, and the client id */
    RecordSource(String name, Broker broker, Map<String, ?> properties, FetchBudget budget, Opening<T> opening) {
        this.name = name;
        this.broker = broker;
        this.properties = properties;
        this.budget = budget;
        this.opening = opening;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        final var subscription = new SourceSubscription<T>(actual, this::consumer, opening, budget, gauge,
                new ReaderMetrics(name));
        actual.onSubscribe(subscription);
        subscription.start("retort-source-" + name);
    }

    /** The buffered bytes of the latest subscriber. */
    BufferedBytes gauge() {
        return gauge;
    }

    private OwnedConsumer consumer() {
        final Map<String, Object> all = broker.kafka().consumer(ConsumerSettings.reading(budget));
        all.putAll(properties);
        all.put(ConsumerConfig.CLIENT_ID_CONFIG, broker.global(name) + "-" + CLIENTS.incrementAndGet());
        return new OwnedConsumer(broker, all);
    }
}
