package retort.kafka;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Records the figures of the readers of one name in Micrometer's global registry, with the tag {@code reader}. Counters begin with the
 * process; the other figures are those of the reader that polled last. Any thread.
 */
final class ReaderMetrics {
    /** One for each name, because a registry keeps the first object that it is given for a name. */
    private static final Map<String, ReaderMetrics> BY_NAME = new ConcurrentHashMap<>();

    private final Counter records;
    private final Counter bytes;
    private volatile long buffered;
    private volatile long budget;

    private ReaderMetrics(String name) {
        final Tags reader = Tags.of("reader", name);
        this.records = Counter.builder("retort.reader.records").description("Records fetched").tags(reader)
                .register(Metrics.globalRegistry);
        this.bytes = Counter.builder("retort.reader.fetched").baseUnit("bytes").description("Bytes of values fetched")
                .tags(reader)
                .register(Metrics.globalRegistry);
        Gauge.builder("retort.reader.buffered", () -> (double) buffered).baseUnit("bytes")
                .description("Bytes fetched that wait for their turn or for demand").tags(reader)
                .register(Metrics.globalRegistry);
        Gauge.builder("retort.reader.budget", () -> (double) budget).baseUnit("bytes")
                .description("Bytes of all fetches that may be held").tags(reader).register(Metrics.globalRegistry);
    }

    static ReaderMetrics of(String name) {
        return BY_NAME.computeIfAbsent(name, ReaderMetrics::new);
    }

    void fetched(ConsumerRecord<byte[], byte[]> record) {
        records.increment();
        bytes.increment(Math.max(0, record.serializedValueSize()));
    }

    /**
     * @param now bytes that the reader holds
     * @param most bytes that it may hold
     */
    void holds(long now, long most) {
        buffered = now;
        budget = most;
    }
}
