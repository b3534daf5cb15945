package retort.kafka;

import java.nio.ByteBuffer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Tags;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import retort.metrics.Gauges;

/**
 * Records the figures of one reader in Micrometer's global registry, with the tag {@code reader}. Counters go on over all readers of this
 * name and begin with the process; the other figures are those of the newest reader. Any thread.
 */
final class ReaderMetrics {
    private final Counter records;
    private final Counter bytes;
    private volatile long buffered;
    private volatile long behind;
    private volatile long handedOn = -1;
    private volatile long budget;

    /** @param name name of the reader, as in the name of its thread */
    ReaderMetrics(String name) {
        final Tags reader = Tags.of("reader", name);
        this.records = Counter.builder("retort.reader.records").description("Records fetched").tags(reader)
                .register(Metrics.globalRegistry);
        this.bytes = Counter.builder("retort.reader.fetched").baseUnit("bytes").description("Bytes of values fetched")
                .tags(reader)
                .register(Metrics.globalRegistry);
        Gauges.show("retort.reader.buffered", "bytes", "Bytes fetched that wait for their turn or for demand", reader,
                () -> (double) buffered);
        Gauges.show("retort.reader.lag.records", "", "Records that are not handed on yet, markers of transactions included",
                reader,
                () -> (double) behind);
        Gauges.show("retort.reader.lag", "seconds", "Age of the record that was handed on last; 0 at the end of the log", reader,
                this::lagSeconds);
        Gauges.show("retort.reader.budget", "bytes", "Bytes of all fetches that may be held", reader, () -> (double) budget);
    }

    /**
     * @param records records between the one that was emitted last and the end of the log
     * @param timestamp time of the record that was emitted last, in ms of the epoch; negative before the first one
     */
    void lags(long records, long timestamp) {
        behind = records;
        handedOn = timestamp;
    }

    private double lagSeconds() {
        return behind == 0 || handedOn < 0 ? 0 : Math.max(0, System.currentTimeMillis() - handedOn) / 1e3;
    }

    void fetched(ConsumerRecord<byte[], ByteBuffer> record) {
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
