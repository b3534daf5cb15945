package retort.ingest;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import retort.ingest.demand.Floor;
import retort.ingest.demand.StreamLedger;
import retort.ingest.order.Layout;
import retort.ingest.order.Slices;
import retort.ingest.settings.StreamSettings;
import retort.ingest.source.DataSource;
import retort.ingest.source.PassedOver;
import retort.ingest.source.UnboundedSource;

/**
 * Counts the work of one stream and describes it in words. The pipeline's threads write the counts. One thread, which shows the line, reads
 * them.
 */
final class StreamProgress {
    /** The line names a source without an end as the cause of a wait after this time. */
    private static final Duration SOURCE_SILENT = Duration.ofSeconds(5);

    private final Named named;
    private final int imagesPerRecord;
    private final Optional<Layout> layout;
    private final OptionalLong lastSequence;
    private final StreamLedger ledger;
    private final StreamMetrics metrics;
    private final LongAdder images = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    /** Records that are begun and not yet published. */
    private final AtomicLong inFlight = new AtomicLong();
    private volatile long nextSequence;
    private volatile Floor floor = Floor.NONE;
    private volatile Wait wait = new Wait(On.SOURCE, System.nanoTime());
    private volatile boolean ended;
    private Measured last = new Measured(System.nanoTime(), 0, 0);
    private double imagesPerSecond;
    private double bytesPerSecond;

    /**
     * The names that messages use.
     *
     * @param stream name of the stream
     * @param source the source as SCHEME:LOCATION
     * @param passedOver the source's counts of the things that it leaves out
     * @param missing the thing without which the source gives no sample, if it is not there
     */
    record Named(String stream, String source, PassedOver passedOver, Supplier<Optional<String>> missing) {
        static Named of(StreamSettings stream, DataSource source) {
            final Supplier<Optional<String>> missing = switch (source) {
                case UnboundedSource endless -> endless::missing;
                default -> Optional::empty;
            };
            return new Named(stream.name(), stream.shown(), source.findings().passedOver(), missing);
        }

        /** Completes "waits for". */
        String awaited() {
            return missing.get().orElseGet(() -> "images of " + source);
        }
    }

    /** The party that the stream waits for. */
    private enum On {
        SOURCE, RUN, BROKER
    }

    private record Wait(On on, long since) {
    }

    private record Measured(long nanos, long images, long bytes) {
    }

    StreamProgress(Named named, int imagesPerRecord, Slices slices, long nextSequence, StreamLedger ledger) {
        this.named = named;
        this.imagesPerRecord = imagesPerRecord;
        this.layout = slices.layout();
        this.lastSequence = slices.lastSequence();
        this.nextSequence = nextSequence;
        this.ledger = ledger;
        this.metrics = new StreamMetrics(named.stream, this::ahead);
    }

    /** Number of images that are published beyond the slowest run. */
    private long ahead() {
        return floor.equals(Floor.NONE) ? 0 : ledger.images(floor.sequence());
    }

    /** Ends the present wait and begins another. */
    private synchronized void turn(On on) {
        final Wait next = new Wait(on, System.nanoTime());
        metrics.waited(wait.on.name().toLowerCase(Locale.ROOT), next.since - wait.since);
        wait = next;
    }

    void published(Published done) {
        nextSequence = done.lastSequence() + 1;
        images.add(done.images());
        rejected.add(done.rejected());
        bytes.add(done.bytes());
        metrics.published(done);
        inFlight.addAndGet(-done.records());
        if (wait.on != On.RUN)
            turn(inFlight.get() > 0 ? On.BROKER : On.SOURCE);
    }

    void floor(Floor now) {
        floor = now;
    }

    /**
     * Notes that the wait of the next slice for demand begins or ends.
     *
     * @param now true if the slice waits
     */
    void waits(boolean now) {
        turn(now ? On.RUN : inFlight.get() > 0 ? On.BROKER : On.SOURCE);
    }

    /** Notes that a slice was admitted. */
    void begun() {
        inFlight.incrementAndGet();
        turn(On.BROKER);
    }

    /** Notes that nothing more will be published. */
    void ended() {
        ended = true;
    }

    /**
     * Returns the line at the time {@code nanos} ({@link System#nanoTime}). Its rates cover the time since the last call. Confined to one
     * thread.
     */
    String text(long nanos) {
        measure(nanos);
        final StringBuilder text = new StringBuilder(named.stream);
        layout.ifPresent(cut -> text.append(
                String.format(Locale.ROOT, " epoch %.2f", (double) nextSequence / cut.recordsPerEpoch())));
        text.append(String.format(Locale.ROOT, " decoded %,d", images.sum()));
        if (rejected.sum() > 0)
            text.append(String.format(Locale.ROOT, " rejected %,d", rejected.sum()));
        final long passedOver = named.passedOver.total();
        if (passedOver > 0)
            text.append(String.format(Locale.ROOT, " passed over %,d", passedOver));
        if (ended)
            return text.append(lastSequence.isPresent() && nextSequence > lastSequence.getAsLong() ? " complete" : " stopped")
                    .toString();
        final Wait now = wait;
        if (now.on == On.RUN)
            return text.append(String.format(Locale.ROOT, " waiting, %,d images ahead of %s, for %d s",
                    ledger.images(floor.sequence()), floor.of(), seconds(now, nanos))).toString();
        if (now.on == On.SOURCE && layout.isEmpty() && seconds(now, nanos) >= SOURCE_SILENT.toSeconds())
            return text.append(String.format(Locale.ROOT, " waiting for %s, for %d s", named.awaited(), seconds(now, nanos)))
                    .toString();
        text.append(String.format(Locale.ROOT, " %,.0f images/s %.1f MB/s", imagesPerSecond, bytesPerSecond / 1e6));
        if (!floor.equals(Floor.NONE))
            text.append(String.format(Locale.ROOT, " %,d ahead of %s", ledger.images(floor.sequence()), floor.of()));
        lastSequence.ifPresent(end -> text.append(eta(end)));
        return text.toString();
    }

    /**
     * Describes a wait that has lasted for {@code patience} or longer: the awaited thing, its owner and the duration.
     *
     * @return empty if there is no such wait
     */
    Optional<String> complaint(long nanos, Duration patience) {
        final Wait now = wait;
        if (ended || seconds(now, nanos) < patience.toSeconds())
            return Optional.empty();
        final String since = "stream " + named.stream + " has waited for " + seconds(now, nanos) + " s ";
        return switch (now.on) {
            case RUN -> Optional.of(String.format(Locale.ROOT,
                    "%sfor %s, which stands at sequence %d: %,d images (%,d bytes) are published beyond it, and ingest.max-ahead"
                            + " admits no more%s",
                    since, floor.of(), floor.sequence(), ledger.images(floor.sequence()), ledger.bytes(floor.sequence()),
                    floor.waits()
                            ? ". The run says that it waits for images itself, so each waits for the other:"
                                    + " raise ingest.max-ahead, or lower trainer.batch"
                            : ""));
            case SOURCE -> layout.isPresent()
                    ? Optional.of(since + "for samples of " + named.source)
                    : Optional.of(since + "for " + named.missing.get().orElseGet(() -> "images to arrive at " + named.source));
            case BROKER ->
                Optional.of(since + "for " + inFlight.get() + " records to be decoded and taken by the broker, from sequence "
                        + nextSequence + " on");
        };
    }

    private static long seconds(Wait wait, long nanos) {
        return Duration.ofNanos(nanos - wait.since).toSeconds();
    }

    private void measure(long nanos) {
        final Measured now = new Measured(nanos, images.sum(), bytes.sum());
        final double seconds = Math.max(1e-3, (now.nanos - last.nanos) / 1e9);
        imagesPerSecond = (now.images - last.images) / seconds;
        bytesPerSecond = (now.bytes - last.bytes) / seconds;
        last = now;
    }

    private String eta(long end) {
        if (imagesPerSecond <= 0)
            return "";
        final Duration left = Duration.ofSeconds((long) ((end + 1 - nextSequence) * imagesPerRecord / imagesPerSecond));
        return String.format(Locale.ROOT, " ETA %d:%02d:%02d", left.toHours(), left.toMinutesPart(), left.toSecondsPart());
    }
}
