package retort.ingest;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;
import retort.console.StatusLine;
import retort.ingest.budget.ByteBudget;
import retort.ingest.pack.DecodingPool;
import retort.ingest.pack.Packer;
import retort.ingest.settings.IngestSettings;
import retort.kafka.Broker;
import retort.thread.Worker;

/**
 * Publishes the streams that the settings name, each by a pipeline of its own. The streams share the decoding pool and the memory. The
 * service owns all its threads; any thread may call it.
 */
public final class IngestService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IngestService.class);
    /** Reactor's key for who is told of errors that come after the one that ended a Flux, in one subscription. */
    private static final String ON_ERROR_DROPPED = "reactor.onErrorDropped.local";
    /** The limit of every call to the broker that blocks. */
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration STOP = Duration.ofSeconds(15);

    private final Sinks.Empty<Void> stop = Sinks.empty();
    private final Sinks.Empty<Void> done = Sinks.empty();
    private final Disposable running;

    private IngestService(IngestSettings settings, Broker broker, StatusLine line) {
        final IngestProgress progress = new IngestProgress(line, settings.waitingToldAfter());
        final DecodingPool pool = new DecodingPool(settings.threads());
        final Worker starting = Worker.named("retort-ingest");
        final Disposable showing = progress.show(Schedulers.parallel());
        final StreamIngest.Shared shared = new StreamIngest.Shared(
                new Packer.Resources(new ByteBudget(settings.recordMemory()), pool.scheduler()),
                new ByteBudget(settings.decodeMemory()), progress, stop.asMono());
        running = Mono.fromRunnable(broker::ensureEventTopics)
                .subscribeOn(starting.scheduler())
                .thenMany(Flux.fromIterable(settings.streams())
                        .flatMap(stream -> new StreamIngest(stream, settings, broker, shared).run()))
                // One source or broker fails several streams at a time: the first says why, the others would say it again.
                .contextWrite(
                        Context.of(ON_ERROR_DROPPED, (Consumer<Throwable>) error -> LOG.debug("another stream failed", error)))
                .doFinally(end -> {
                    progress.show();
                    showing.dispose();
                    starting.close(Duration.ZERO);
                    pool.close();
                })
                .subscribe(nothing -> {
                }, done::tryEmitError, done::tryEmitEmpty);
    }

    /**
     * Starts and returns at once.
     *
     * @throws retort.settings.SettingException for a setting that is not allowed
     */
    public static IngestService start(Config config, StatusLine line) {
        return new IngestService(IngestSettings.from(config), Broker.from(config, TIMEOUT), line);
    }

    /** Ends when every stream is complete or after {@link #close}; fails with the first error, which stops all streams. */
    public Mono<Void> done() {
        return done.asMono();
    }

    /** Begins no further record, publishes those begun, and returns. */
    @Override
    public void close() {
        stop.tryEmitEmpty();
        try {
            done.asMono().onErrorComplete().block(STOP);
        } catch (IllegalStateException tooSlow) { // the broker is away: what is not committed is published by the next process
            running.dispose();
        }
    }
}
