package retort.ingest;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import retort.console.StatusLine;

/**
 * Shows the progress of the streams of this process, each as a part of one line, and logs at WARN each wait that is too long. One thread of
 * the given scheduler measures and writes.
 */
final class IngestProgress {
    private static final Logger LOG = LoggerFactory.getLogger(IngestProgress.class);
    private static final Duration PACE = Duration.ofSeconds(1);

    private final List<StreamProgress> streams = new CopyOnWriteArrayList<>();
    private final StatusLine line;
    private final Duration patience;
    private long told = System.nanoTime();

    /** @param patience time after which a wait is logged; it is logged again after each further such time */
    IngestProgress(StatusLine line, Duration patience) {
        this.line = line;
        this.patience = patience;
    }

    void clear() {
        streams.clear();
    }

    void add(StreamProgress stream) {
        streams.add(stream);
    }

    Disposable show(Scheduler scheduler) {
        return Flux.interval(PACE, scheduler).onBackpressureDrop().subscribe(tick -> show());
    }

    synchronized void show() {
        final long now = System.nanoTime();
        line.update(streams.stream().map(stream -> stream.text(now)).collect(Collectors.joining(" | ")));
        if (now - told < patience.toNanos())
            return;
        told = now;
        streams.forEach(stream -> stream.complaint(now, patience).ifPresent(LOG::warn));
    }
}
