package retort.ingest;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.LongAdder;
import retort.ingest.demand.Limit;
import retort.ingest.order.Layout;
import retort.ingest.order.Slices;

/** What one stream has done, and the text that says so. Written by the pipeline's threads, read by the one that shows it. */
final class StreamProgress {
    private final String stream;
    private final int imagesPerRecord;
    private final Optional<Layout> layout;
    private final OptionalLong lastSequence;
    private final LongAdder images = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private volatile long nextSequence;
    private volatile Limit limit = Limit.NONE;
    private volatile boolean waiting;
    private volatile boolean ended;
    private Measured last = new Measured(System.nanoTime(), 0, 0);
    private double imagesPerSecond;
    private double bytesPerSecond;

    private record Measured(long nanos, long images, long bytes) {
    }

    StreamProgress(String stream, int imagesPerRecord, Slices slices, long nextSequence) {
        this.stream = stream;
        this.imagesPerRecord = imagesPerRecord;
        this.layout = slices.layout();
        this.lastSequence = slices.lastSequence();
        this.nextSequence = nextSequence;
    }

    void published(Published done) {
        nextSequence = done.lastSequence() + 1;
        images.add(done.images());
        rejected.add(done.rejected());
        bytes.add(done.bytes());
    }

    void limit(Limit now) {
        limit = now;
    }

    /** Whether the next slice waits for demand. */
    void waiting(boolean now) {
        waiting = now;
    }

    /** Nothing more will be published. */
    void ended() {
        ended = true;
    }

    long images() {
        return images.sum();
    }

    /** The line as of {@code nanos} ({@link System#nanoTime}); rates are over the time since the last call. Confined to one thread. */
    String text(long nanos) {
        measure(nanos);
        final StringBuilder text = new StringBuilder(stream);
        layout.ifPresent(cut -> text.append(
                String.format(Locale.ROOT, " epoch %.2f", (double) nextSequence / cut.recordsPerEpoch())));
        text.append(String.format(Locale.ROOT, " decoded %,d", images.sum()));
        if (rejected.sum() > 0)
            text.append(String.format(Locale.ROOT, " rejected %,d", rejected.sum()));
        if (ended)
            return text.append(lastSequence.isPresent() && nextSequence > lastSequence.getAsLong() ? " complete" : " stopped")
                    .toString();
        if (waiting)
            return text.append(String.format(Locale.ROOT, " waiting, %,d images ahead of %s",
                    (nextSequence - limit.floor()) * imagesPerRecord, limit.of())).toString();
        text.append(String.format(Locale.ROOT, " %,.0f images/s %.1f MB/s", imagesPerSecond, bytesPerSecond / 1e6));
        if (!limit.equals(Limit.NONE))
            text.append(
                    String.format(Locale.ROOT, " %,d ahead of %s", (nextSequence - limit.floor()) * imagesPerRecord, limit.of()));
        lastSequence.ifPresent(end -> text.append(eta(end)));
        return text.toString();
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
