package retort.ingest;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import retort.metrics.Gauges;

/** Records the figures of one stream in Micrometer's global registry, with the tag {@code stream}. Counters begin with the process. Any thread. */
final class StreamMetrics {
    private final Tags stream;
    private final Counter images;
    private final Counter bytes;
    private final Counter records;
    private final Counter transactions;
    private final Map<String, Timer> waits = new ConcurrentHashMap<>();
    private volatile double next = Double.NaN;

    /** @param ahead number of images that are published beyond the slowest run */
    StreamMetrics(String name, LongSupplier ahead) {
        this.stream = Tags.of("stream", name);
        this.images = counter("retort.ingest.images", "Images published");
        this.bytes = counter("retort.ingest.bytes", "Bytes of records published");
        this.records = counter("retort.ingest.records", "Records published");
        this.transactions = counter("retort.ingest.transactions", "Transactions committed");
        Gauges.show("retort.ingest.position.sequence", "", "Sequence of the next record to be published", stream, () -> next);
        Gauges.show("retort.ingest.ahead.images", "", "Images published beyond the slowest live run", stream,
                () -> (double) ahead.getAsLong());
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).tags(stream).register(Metrics.globalRegistry);
    }

    void published(Published done) {
        images.increment((double) done.images());
        bytes.increment((double) done.bytes());
        records.increment(done.records());
        transactions.increment();
        next = (double) (done.lastSequence() + 1);
    }

    /**
     * Counts time that the stream has waited.
     *
     * @param on the party that it waited for: source, run or broker; broker is the time in which records are made and taken, too
     */
    void waited(String on, long nanos) {
        waits.computeIfAbsent(on, this::wait).record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer wait(String on) {
        return Timer.builder("retort.ingest.wait").description("Time by the party that the stream waits for").tags(stream)
                .tag("on", on).register(Metrics.globalRegistry);
    }
}
