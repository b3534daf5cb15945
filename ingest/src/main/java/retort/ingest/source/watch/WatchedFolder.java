package retort.ingest.source.watch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import retort.ingest.source.Findings;
import retort.ingest.source.PassedOver;
import retort.ingest.source.UnboundedSource;

/** A folder into which files are still put. Each subscription has its own thread, {@code retort-watch}, which may wait. */
final class WatchedFolder implements UnboundedSource {
    private final Path root;
    private final Path journal;
    private final List<String> classNames;
    private final Duration settle;
    /** Its counts grow while the folder is read. Each subscription counts what it finds. */
    private final Findings findings = Findings.unlisted(new PassedOver(), List.of());

    WatchedFolder(Path root, Path journal, List<String> classNames, Duration settle) {
        this.root = root;
        this.journal = journal;
        this.classNames = classNames;
        this.settle = settle;
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public Findings findings() {
        return findings;
    }

    @Override
    public Flux<Arrived> read(Optional<String> position) {
        return Flux.using(() -> Schedulers.newSingle("retort-watch", true),
                thread -> arrivals(position).subscribeOn(thread), Scheduler::dispose);
    }

    private Flux<Arrived> arrivals(Optional<String> position) {
        return Flux.generate(() -> Watching.open(root, journal, settle, findings.passedOver(), position), (watching, sink) -> {
            try {
                sink.next(watching.next());
            } catch (InterruptedException cancelled) {
                Thread.currentThread().interrupt();
                sink.complete();
            } catch (IOException e) {
                sink.error(e);
            }
            return watching;
        }, WatchedFolder::close);
    }

    private static void close(Watching watching) {
        try {
            watching.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
