package retort.evaluator;

import com.typesafe.config.Config;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;
import retort.console.StatusLine;
import retort.evaluator.feed.PictureFeed;
import retort.evaluator.suite.ConfiguredSuite;
import retort.evaluator.suite.ScoringContext;
import retort.evaluator.suite.Suites;
import retort.evaluator.webhook.Webhook;
import retort.kafka.Broker;
import retort.kafka.Event;
import retort.kafka.From;
import retort.kafka.OwnershipLapsedException;
import retort.kafka.Share;
import retort.kafka.Topics;
import retort.metrics.Health;
import retort.place.Places;
import retort.record.Evaluation;
import retort.thread.Errors;
import retort.trainer.engine.Engine;

/**
 * A running evaluator. It scores every announced checkpoint that was not scored before, until it is closed or fails. Any thread may call
 * it.
 */
public final class EvaluatorService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EvaluatorService.class);

    /** Name of the evaluator in the health of its process. */
    static final String PARTY = "evaluator";

    /** The key of the webhook among the evaluators of a group. */
    private static final String WEBHOOK = "webhook";

    private final Broker broker;
    private final EvaluatorSettings settings;
    private final List<ConfiguredSuite> suites;
    private final Engine engine;
    private final Places places;
    private final String checkpoints;
    private final StatusLine line;
    private final Optional<Webhook> webhook;
    private final SettledCheckpoints settled = new SettledCheckpoints();
    private final Sinks.Empty<Void> failed = Sinks.empty();
    private final AtomicReference<@Nullable EvaluationLedger> ledger = new AtomicReference<>();
    private final Disposable running;
    private volatile boolean closed;

    private EvaluatorService(Config config, Engine engine, StatusLine line) {
        this.settings = EvaluatorSettings.from(config);
        this.broker = Broker.from(config, settings.timeout());
        this.suites = Suites.configured(config, settings.suites(), settings.streams().keySet());
        this.places = Places.from(config);
        this.checkpoints = config.getString("trainer.checkpoints");
        this.engine = engine.background(settings.share());
        this.webhook = Webhook.from(config, broker, "evaluator." + settings.group().orElse(settings.id()));
        this.line = line;
        Health.waits(PARTY,
                "a broker at " + broker.kafka().bootstrapServers() + ", and the streams of its suites to be complete");
        this.running = Mono.fromCallable(this::openLedger).subscribeOn(Schedulers.boundedElastic())
                .flatMapMany(open -> shared(open).takeUntilOther(broker.unchanged(used())))
                .retryWhen(Retry.indefinitely().filter(OwnershipLapsedException.class::isInstance).doBeforeRetry(
                        lapsed -> LOG.warn("the evaluator reads its evaluations again and goes on: {}",
                                lapsed.failure().getMessage())))
                .subscribe(evaluation -> {
                }, this::fail);
    }

    /**
     * Starts an evaluator. Returns before it has reached the broker.
     *
     * @param engine belongs to the caller, who closes it after this evaluator
     * @param line receives the progress
     * @throws retort.settings.SettingException if a setting under {@code evaluator}, {@code kafka} or {@code topics} is not allowed
     */
    public static EvaluatorService start(Config config, Engine engine, StatusLine line) {
        return new EvaluatorService(config, engine, line);
    }

    /** Never completes. It fails when the evaluator cannot go on. */
    public Mono<Void> done() {
        return failed.asMono();
    }

    /**
     * Completes when every checkpoint that is announced at the time of the subscription has been scored or rejected, by this evaluator or
     * by an earlier one. Fails when the evaluator fails.
     */
    public Mono<Void> caughtUp() {
        return Mono.firstWithSignal(done(),
                Mono.fromCallable(() -> new Announcements(broker).present()).subscribeOn(Schedulers.boundedElastic())
                        .flatMap(settled::all));
    }

    /**
     * Stops after the engine's present task. Waits for records in flight, for some seconds at most, because a process has 10 s to end: what
     * the broker does not take is scored again by the next start. Publishes nothing more.
     */
    @Override
    public void close() {
        Health.left(PARTY);
        closed = true;
        running.dispose();
        replaceLedger(null);
        places.close();
    }

    /** The event topics that this service uses from time to time. */
    private List<String> used() {
        final Topics topics = broker.topics();
        return Stream.concat(topics.evaluationsJson().stream(),
                Stream.of(topics.streams().name(), topics.checkpoints().name(), topics.evaluations().name(),
                        topics.pictures().name(), topics.promotions().name(), topics.rejected().name()))
                .toList();
    }

    private EvaluationLedger openLedger() {
        replaceLedger(null); // of an attempt before, whose claim on the id has lapsed
        broker.ensureEventTopics();
        final EvaluationLedger open = EvaluationLedger.open(broker, settings.id(), new Promotions(settings.gates()));
        replaceLedger(open);
        if (closed) // while it was being opened
            replaceLedger(null);
        return open;
    }

    private void replaceLedger(@Nullable EvaluationLedger next) {
        final EvaluationLedger present = ledger.getAndSet(next);
        if (present != null)
            present.close();
    }

    /** Does the work of this evaluator, and begins anew whenever its share changes. */
    private Flux<Evaluation> shared(EvaluationLedger open) {
        return settings.group()
                .map(group -> broker.share("evaluator." + group, broker.topics().checkpoints(), "evaluator-" + settings.id())
                        .switchMap(share -> evaluations(open, share)))
                .orElseGet(() -> evaluations(open, Share.WHOLE));
    }

    /**
     * Does a share of the work, until it is cancelled because the share changes. If another evaluator was told of the change before, a
     * publication fails; then nothing more is done for this share.
     */
    private Flux<Evaluation> evaluations(EvaluationLedger open, Share share) {
        final Flux<Evaluation> own = Mono.fromRunnable(() -> open.take(share)).subscribeOn(Schedulers.boundedElastic())
                .thenMany(Flux.defer(() -> evaluations(open)))
                .onErrorResume(CommitFailedException.class, stale -> {
                    LOG.info("evaluator {} publishes nothing more before it has its new share of the work", settings.id());
                    return Flux.never();
                });
        return share.has(WEBHOOK) ? own.takeUntilOther(calls()) : own;
    }

    /** Never completes. Fails when the webhook cannot follow the evaluations. */
    private Mono<Void> calls() {
        return Mono.justOrEmpty(webhook).flatMap(hook -> {
            final GateCalls gates = new GateCalls(new Promotions(settings.gates()), broker.topics().evaluations().name());
            return hook.run(gates::about, gates::forget);
        }).then(Mono.never());
    }

    /** Emits each evaluation after it was published and, if the settings ask for it, written for TensorBoard. */
    private Flux<Evaluation> evaluations(EvaluationLedger open) {
        final Flux<Evaluation> published = pipeline(open).evaluations();
        return settings.tensorboard().map(folder -> Flux.using(
                () -> new EvaluationEvents(folder, broker.table(broker.topics().evaluations()).values()),
                events -> Flux.merge(published.publishOn(Schedulers.boundedElastic()).doOnNext(events::write), pictures(events))
                        .onErrorMap(Errors::first),
                EvaluationEvents::close)).orElse(published);
    }

    /** Writes every picture that is published, from the first one on. Emits nothing. */
    private Flux<Evaluation> pictures(EvaluationEvents events) {
        return new PictureFeed(broker).subscribe(From.EARLIEST).mapNotNull(Event::value).doOnNext(events::write)
                .thenMany(Flux.empty());
    }

    private EvaluationPipeline pipeline(EvaluationLedger open) {
        final Set<String> roles = suites.stream().flatMap(suite -> suite.description().roles().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        final Broker rejecting = open.rejecting(broker);
        final Mono<ScoringPlan> plan = new CompleteStreams(rejecting, settings, line).await(roles)
                .map(complete -> ScoringPlan.of(suites,
                        new ScoringContext(engine, places, complete, settings.batch(), rejecting.streams()::find),
                        settings.subsetSeed()));
        return new EvaluationPipeline(plan, new Announcements(rejecting), open, settled, settings.yardstick(), line,
                checkpoints);
    }

    private void fail(Throwable error) {
        LOG.debug("the evaluator stops", error); // the owner of this service reports the error, once
        failed.tryEmitError(error);
    }
}
