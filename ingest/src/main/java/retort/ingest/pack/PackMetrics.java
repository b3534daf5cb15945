package retort.ingest.pack;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Records the work on single samples of one stream in Micrometer's global registry, with the tag {@code stream}. Any thread. */
final class PackMetrics {
    private final Timer reading;
    private final Timer decoding;
    private final Map<Refusal, Counter> rejected = new EnumMap<>(Refusal.class);

    /** The kinds of reasons for which samples are rejected. The topic {@code rejected} has the reasons in words. */
    enum Refusal {
        /** The bytes of the sample cannot be had. */
        UNREADABLE,
        /** The image cannot be decoded, or the label is none of the classes. */
        IMAGE,
        /** The source or a decoder failed on the sample. */
        FAILURE
    }

    PackMetrics(String stream) {
        this.reading = stage(stream, "read");
        this.decoding = stage(stream, "decode");
        for (final Refusal refusal : Refusal.values())
            rejected.put(refusal, Counter.builder("retort.ingest.rejected").description("Samples set aside, by kind of reason")
                    .tag("stream", stream).tag("reason", refusal.name().toLowerCase(Locale.ROOT))
                    .register(Metrics.globalRegistry));
    }

    private static Timer stage(String stream, String stage) {
        return Timer.builder("retort.ingest.stage").description("Time of one sample in a stage; decode includes the recipe")
                .tag("stream", stream).tag("stage", stage).register(Metrics.globalRegistry);
    }

    void read(long nanos) {
        reading.record(nanos, TimeUnit.NANOSECONDS);
    }

    void decoded(long nanos) {
        decoding.record(nanos, TimeUnit.NANOSECONDS);
    }

    void rejected(Refusal refusal) {
        Objects.requireNonNull(rejected.get(refusal)).increment();
    }
}
