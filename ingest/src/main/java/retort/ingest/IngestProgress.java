package retort.ingest;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import retort.console.StatusLine;

/** Shows what the streams of this process do, a part of the line each. Its own scheduler's thread measures and writes. */
final class IngestProgress {
    private static final Duration PACE = Duration.ofSeconds(1);

    private final List<StreamProgress> streams = new CopyOnWriteArrayList<>();
    private final StatusLine line;

    IngestProgress(StatusLine line) {
        this.line = line;
    }

    void add(StreamProgress stream) {
        streams.add(stream);
    }

    Disposable show(Scheduler scheduler) {
        return Flux.interval(PACE, scheduler).onBackpressureDrop().subscribe(tick -> show());
    }

    void show() {
        final long now = System.nanoTime();
        line.update(streams.stream().map(stream -> stream.text(now)).collect(Collectors.joining(" | ")));
    }
}
