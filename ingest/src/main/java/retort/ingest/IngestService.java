package retort.ingest;

import com.typesafe.config.Config;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;
import reactor.util.retry.Retry;
import retort.console.StatusLine;
import retort.ingest.budget.ByteBudget;
import retort.ingest.pack.DecodingPool;
import retort.ingest.pack.Packer;
import retort.ingest.settings.IngestSettings;
import retort.ingest.source.ClassesTogether;
import retort.kafka.Broker;
import retort.kafka.OwnershipLapsedException;
import retort.kafka.Share;
import retort.metrics.Gauges;
import retort.place.Places;
import retort.metrics.Health;
import retort.thread.Errors;
import retort.thread.Worker;

/**
 * Publishes the streams that the settings name. Each stream has its own pipeline, and all pipelines share the decoding pool and the memory.
 * In a group, the pipelines end and begin again, from the last positions, whenever the group changes.
 * The service owns its threads. Its methods may be called from any thread.
 */
public final class IngestService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IngestService.class);
    /**
     * Reactor's context key for the consumer of dropped errors in one subscription. Reactor drops an error that comes after a Flux has
     * ended with an error.
     */
    private static final String ON_ERROR_DROPPED = "reactor.onErrorDropped.local";
    /** The time limit of each blocking call to the broker. */
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    /** Longest wait for records under way, because a process has 10 s to end, and each stream's sink may take 2 s to close. */
    private static final Duration STOP = Duration.ofSeconds(3);

    private static final String PARTY = "ingest";

    private final Sinks.Empty<Void> stop = Sinks.empty();
    private final Sinks.Empty<Void> done = Sinks.empty();
    private final Disposable running;

    private IngestService(IngestSettings settings, Broker broker, Places places,
            Optional<ByteBudget> ahead, StatusLine line) {
        final IngestProgress progress = new IngestProgress(line, settings.waitingToldAfter());
        final DecodingPool pool = new DecodingPool(settings.threads());
        final Worker starting = Worker.named("retort-ingest");
        final Disposable showing = progress.show(Schedulers.parallel());
        running = Flux.defer(() -> streams(settings, broker, progress, pool, starting, places, ahead))
                .retryWhen(Retry.indefinitely().filter(OwnershipLapsedException.class::isInstance).doBeforeRetry(
                        lapsed -> LOG.warn("the streams go on from their last positions: {}", lapsed.failure().getMessage())))
                // A broken source or broker fails several streams at once. The other errors repeat the reason of the first.
                .contextWrite(
                        Context.of(ON_ERROR_DROPPED, (Consumer<Throwable>) error -> LOG.debug("another stream failed", error)))
                .doFinally(end -> {
                    Health.left(PARTY);
                    progress.show();
                    showing.dispose();
                    starting.close(Duration.ZERO);
                    pool.close();
                    places.close();
                })
                .subscribe(nothing -> {
                }, done::tryEmitError, done::tryEmitEmpty);
    }

    /** Publishes all streams, from the start of the service or after the broker has ended this process's claim on one of them. */
    private Flux<Void> streams(IngestSettings settings, Broker broker, IngestProgress progress, DecodingPool pool,
            Worker starting, Places places, Optional<ByteBudget> ahead) {
        // Work that is cut off may keep its permits, so the next work has budgets of its own.
        final Function<Mono<Void>, StreamIngest.Shared> until = end -> new StreamIngest.Shared(
                new Packer.Resources(shown("records", settings.recordMemory()), pool.scheduler()),
                shown("decoded", settings.decodeMemory()), progress, new ClassesTogether(), end, places, ahead);
        Health.waits(PARTY, "a broker at " + broker.kafka().bootstrapServers());
        return Mono.fromRunnable(broker::ensureEventTopics)
                .doOnSuccess(ready -> Health.works(PARTY))
                .subscribeOn(starting.scheduler())
                .thenMany(settings.group().map(group -> Turns.each(shares(settings, broker, group),
                        turn -> publish(new Claim(settings, turn.share()), broker,
                                until.apply(Mono.firstWithSignal(turn.over(), stop.asMono()))).then())
                        .flux())
                        .orElseGet(() -> publish(new Claim(settings, Share.WHOLE), broker, until.apply(stop.asMono()))));
    }

    /** The shares of this process. Empty if it is asked to stop before it has one. */
    private Flux<Share> shares(IngestSettings settings, Broker broker, String group) {
        return Flux.firstWithSignal(
                broker.share(Claim.GROUP + group, broker.topics().positions(), "ingest-" + settings.id()),
                stop.asMono().thenMany(Flux.<Share>empty()));
    }

    /** Publishes until all streams end. In a group, a stream publishes nothing more when another member was told of a change before. */
    private static Flux<Void> publish(Claim claim, Broker broker, StreamIngest.Shared shared) {
        shared.progress().clear();
        return Flux.fromIterable(claim.settings().streams())
                .flatMap(stream -> new StreamIngest(stream, broker, claim, shared).run().onErrorMap(Errors::first)
                        .onErrorResume(CommitFailedException.class, stale -> {
                            LOG.info(
                                    "ingest {} publishes nothing more of stream {} before it has its new share of the partitions",
                                    claim.settings().id(), stream.name());
                            return Mono.from(shared.stop()).then();
                        }))
                .onErrorMap(Errors::first);
    }

    private static ByteBudget shown(String name, long bytes) {
        final ByteBudget budget = new ByteBudget(bytes);
        final Tags tags = Tags.of("budget", name);
        Gauges.show("retort.ingest.memory.used", "bytes", "Bytes of a budget that are held", tags,
                () -> (double) (bytes - budget.free()));
        Gauges.show("retort.ingest.memory.limit", "bytes", "Bytes of a budget", tags, () -> (double) bytes);
        return budget;
    }

    /**
     * Starts the service and returns at once. The caller closes it.
     *
     * @throws retort.settings.SettingException if a setting is not allowed
     */
    public static IngestService start(Config config, StatusLine line) {
        final IngestSettings settings = IngestSettings.from(config);
        final Optional<ByteBudget> ahead = settings.ahead();
        return new IngestService(settings, Broker.from(config, TIMEOUT),
                IngestSettings.places(config, ahead), ahead, line);
    }

    /**
     * Returns a Mono that completes when every stream is complete, or after {@link #close}. It fails with the first error, which stops all
     * streams.
     */
    public Mono<Void> done() {
        return done.asMono();
    }

    /** Stops the service. No further record is begun, and the records that were begun are published. Blocks for some seconds
     * at most: if the broker does not take them by then, the next start publishes them. */
    @Override
    public void close() {
        stop.tryEmitEmpty();
        try {
            done.asMono().onErrorComplete().block(STOP);
        } catch (IllegalStateException tooSlow) { // the broker does not answer; the next process publishes the rest
            running.dispose();
        }
    }
}
