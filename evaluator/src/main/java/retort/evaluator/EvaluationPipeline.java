package retort.evaluator;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Timer;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.function.Tuple2;
import reactor.util.function.Tuples;
import retort.console.StatusLine;
import retort.evaluator.feed.Yardstick;
import retort.evaluator.suite.CheckpointRefusedException;
import retort.evaluator.suite.FeatureSuite;
import retort.evaluator.suite.FrozenModel;
import retort.evaluator.suite.RawPixels;
import retort.evaluator.suite.Score;
import retort.kafka.Event;
import retort.metrics.Health;
import retort.place.Places;
import retort.record.CheckpointReady;
import retort.record.Evaluation;

/**
 * The evaluator as one Flux. It waits until the streams of the suites are complete and scores the raw pixels once. Then it takes every
 * announced checkpoint in the order of the announcements: it verifies and loads the checkpoint, scores it by each suite that has not
 * scored it before, and publishes and logs each score before it begins the next. A checkpoint that cannot be scored gets evaluations with
 * an error, unless a tombstone says that it was deleted. A suite that passes the checkpoint over, because its settings say so, publishes
 * that.
 *
 * <p>Threads: announcements and images arrive on their readers' threads, files are verified on Reactor's elastic threads, tensors live
 * on the engine's thread in tasks of one block, and scores are published from Reactor's parallel threads. Demand is one checkpoint at
 * a time.
 */
final class EvaluationPipeline {
    private static final Logger LOG = LoggerFactory.getLogger(EvaluationPipeline.class);

    private final Mono<ScoringPlan> planned;
    private final Announcements announcements;
    private final EvaluationLedger ledger;
    private final SettledCheckpoints settled;
    private final boolean yardstick;
    private final StatusLine line;
    private final String checkpoints;

    /**
     * @param planned emits the plan once the streams are complete
     * @param yardstick true if the raw pixels are scored, too
     * @param checkpoints {@code trainer.checkpoints}
     */
    EvaluationPipeline(Mono<ScoringPlan> planned, Announcements announcements, EvaluationLedger ledger,
            SettledCheckpoints settled,
            boolean yardstick, StatusLine line, String checkpoints) {
        this.planned = planned;
        this.announcements = announcements;
        this.ledger = ledger;
        this.settled = settled;
        this.yardstick = yardstick;
        this.line = line;
        this.checkpoints = checkpoints;
    }

    /** Refuses a bucket that the settings do not name: whoever may announce a checkpoint must not choose where an evaluator reads. */
    private void requireKnown(CheckpointReady checkpoint) {
        final String uri = checkpoint.getUri();
        if (uri.startsWith("s3:") && !bucket(uri).equals(bucket(checkpoints)))
            throw new CheckpointRefusedException("its address " + Places.shown(uri) + " is in a bucket that trainer.checkpoints, "
                    + Places.shown(checkpoints) + ", does not name: give the evaluator the trainer's value");
    }

    private static String bucket(String uri) {
        final String[] parts = uri.split("/", 4);
        return uri.startsWith("s3://") && parts.length > 2 ? parts[2] : "";
    }

    /** Emits each evaluation after it was published. Endless. */
    Flux<Evaluation> evaluations() {
        return planned.doOnSuccess(plan -> {
            Health.works(EvaluatorService.PARTY);
            plan.suites().forEach(suite -> refused(suite.name())); // so that the figure is there before the first refusal
        }).flatMapMany(plan -> Flux.concat(
                yardsticks(plan),
                announced().concatMap(event -> Flux.defer(() -> score(event, plan)), 0))
                .takeUntilOther(plan.context().unchanged()));
    }

    private Flux<Event<CheckpointReady>> announced() {
        return announcements.follow().doOnSubscribe(subscribed -> line.update("waits for a checkpoint"));
    }

    /**
     * Scores an announced checkpoint. A deleted one needs no more work. Its tombstone may mean that the run was forgotten; then its
     * evaluations are gone too, so they are read again before the next score.
     */
    private Flux<Evaluation> score(Event<CheckpointReady> announced, ScoringPlan plan) {
        final CheckpointReady checkpoint = announced.value();
        if (checkpoint != null && !ledger.owns(checkpoint.getRun()))
            return Flux.<Evaluation>empty().doOnComplete(() -> settled.add(checkpoint)); // another evaluator's
        if (checkpoint == null)
            return Flux.<Evaluation>empty().doOnComplete(() -> {
                ledger.doubt();
                settled.addDeleted(announced.key());
            });
        return ledger.isDoubted()
                ? Mono.fromRunnable(ledger::readAgain).subscribeOn(Schedulers.boundedElastic()).thenMany(score(checkpoint, plan))
                : score(checkpoint, plan);
    }

    private Flux<Evaluation> score(CheckpointReady checkpoint, ScoringPlan plan) {
        return Flux.defer(() -> {
            final List<PlannedSuite> missing = plan.suites().stream()
                    .filter(suite -> suite.suite().scores(checkpoint) && !isScored(checkpoint, suite)).toList();
            return isOvertaken(checkpoint, missing).flatMapMany(overtaken -> {
                final Map<PlannedSuite, String> passed = new LinkedHashMap<>();
                missing.forEach(suite -> suite.configured().passesOver(checkpoint, overtaken)
                        .ifPresent(reason -> passed.put(suite, reason)));
                final List<PlannedSuite> due = missing.stream().filter(suite -> !passed.containsKey(suite)).toList();
                return passOver(checkpoint, passed).thenMany(due.isEmpty() ? Flux.empty() : score(checkpoint, due, plan));
            });
        }).doOnComplete(() -> settled.add(checkpoint));
    }

    private Flux<Evaluation> score(CheckpointReady checkpoint, List<PlannedSuite> due, ScoringPlan plan) {
        return Flux.usingWhen(
                Mono.defer(() -> {
                    requireKnown(checkpoint);
                    return FrozenModel.open(plan.context().engine(), plan.context().places(), checkpoint,
                            plan.context().images());
                }),
                model -> Flux.fromIterable(due).concatMap(suite -> evaluate(checkpoint, model, suite), 0), FrozenModel::close)
                .onErrorResume(CheckpointRefusedException.class, refused -> refuse(checkpoint, due, refused));
    }

    /** True if a suite has to know it and the run has a later checkpoint. */
    private Mono<Boolean> isOvertaken(CheckpointReady checkpoint, List<PlannedSuite> suites) {
        return suites.stream().noneMatch(suite -> suite.configured().looksAhead())
                ? Mono.just(false)
                : Mono.fromCallable(() -> announcements.hasLater(checkpoint)).subscribeOn(Schedulers.boundedElastic());
    }

    /**
     * Publishes that suites pass a checkpoint over, so that it is not taken for missing, and that whoever waits for its evaluation, as the
     * keeper does, need not wait.
     */
    private Mono<Void> passOver(CheckpointReady checkpoint, Map<PlannedSuite, String> suites) {
        return Flux.fromIterable(suites.entrySet())
                .map(each -> without(checkpoint, each.getKey()).setPassedOver(each.getValue()).build())
                .filter(evaluation -> !ledger.hasSame(evaluation)).concatMap(ledger::publish, 0).then();
    }

    private boolean isScored(CheckpointReady checkpoint, PlannedSuite suite) {
        return ledger.has(checkpoint.getRun(), checkpoint.getStep(), suite.name(), suite.settingsHash(), checkpoint.getSha256());
    }

    private Mono<Evaluation> evaluate(CheckpointReady checkpoint, FrozenModel model, PlannedSuite suite) {
        line.update(checkpoint.getRun() + " step " + checkpoint.getStep() + ": " + suite.name());
        return suite.suite().score(model, suite.context()).elapsed().publishOn(Schedulers.parallel())
                .flatMap(score -> {
                    final Evaluation evaluation = evaluation(score, suite).setRun(checkpoint.getRun())
                            .setStep(checkpoint.getStep()).setCheckpointSha256(checkpoint.getSha256())
                            .setObjective(checkpoint.getObjective()).build();
                    return ledger.publish(evaluation, checkpoint, score.getT2().picture()).thenReturn(evaluation);
                })
                .doOnNext(evaluation -> report(evaluation, suite))
                .onErrorResume(CheckpointRefusedException.class,
                        refused -> refuse(checkpoint, List.of(suite), refused).next());
    }

    /** Scores the raw pixels by every suite that can do so, unless that score was published before. */
    private Flux<Evaluation> yardsticks(ScoringPlan plan) {
        return Flux.fromIterable(plan.suites())
                .filter(suite -> yardstick && ledger.owns(Yardstick.RUN)
                        && !ledger.has(Yardstick.RUN, 0, suite.name(), suite.settingsHash(), ""))
                .concatMap(suite -> suite.suite() instanceof FeatureSuite pixels
                        ? yardstick(pixels, suite)
                        : Mono.empty(), 0);
    }

    private Mono<Evaluation> yardstick(FeatureSuite pixels, PlannedSuite suite) {
        line.update("raw pixels: " + suite.name());
        return pixels.score(new RawPixels(suite.context().images()), suite.context()).elapsed().publishOn(Schedulers.parallel())
                .map(score -> evaluation(score, suite).setRun(Yardstick.RUN).setStep(0).setCheckpointSha256("")
                        .setObjective(Yardstick.OBJECTIVE).build())
                .delayUntil(ledger::publish)
                .doOnNext(evaluation -> report(evaluation, suite))
                .onErrorResume(CheckpointRefusedException.class, refused -> {
                    LOG.info("{} on raw pixels is left out: {}", suite.name(), refused.getMessage());
                    return Mono.empty();
                });
    }

    private static Evaluation.Builder evaluation(Tuple2<Long, Score> elapsed, PlannedSuite suite) {
        final Score score = elapsed.getT2();
        return Evaluation.newBuilder().setSuite(suite.name()).setSettingsHash(suite.settingsHash()).setMetrics(score.metrics())
                .setImages(score.images()).setDurationMillis(elapsed.getT1()).setStream(suite.stream()).setAt(Instant.now())
                .setClassAccuracy(score.classAccuracy()).setConfusions(score.confusions());
    }

    private void report(Evaluation evaluation, PlannedSuite suite) {
        final String result = String.format(Locale.ROOT, "%s step %d %s %.4f", evaluation.getRun(), evaluation.getStep(),
                suite.name(), evaluation.getMetrics().get(suite.description().figure().metric()));
        Timer.builder("retort.evaluator.evaluation").description("Evaluations published, with the time that the scoring took")
                .tag("suite", suite.name()).register(Metrics.globalRegistry)
                .record(evaluation.getDurationMillis(), TimeUnit.MILLISECONDS);
        LOG.info("evaluated {} ({} images in {} ms)", result, evaluation.getImages(), evaluation.getDurationMillis());
        line.update(result + "; waits for a checkpoint");
    }

    /**
     * Publishes an evaluation with an error for each of these suites and rejects the checkpoint. Does nothing if the checkpoint was
     * deleted or replaced since it was announced, or if the same error was published before.
     */
    private Flux<Evaluation> refuse(CheckpointReady checkpoint, List<PlannedSuite> suites, CheckpointRefusedException refused) {
        final String reason = String.valueOf(refused.getMessage());
        final List<Evaluation> errors = suites.stream()
                .map(suite -> without(checkpoint, suite).setError(reason).build())
                .filter(error -> !ledger.hasSame(error)).toList();
        errors.forEach(error -> refused(error.getSuite()).increment());
        return Mono.fromCallable(() -> !errors.isEmpty() && announcements.isCurrent(checkpoint))
                .subscribeOn(Schedulers.boundedElastic()).filter(current -> current)
                .flatMapMany(current -> ledger.reject(checkpoint, reason)
                        .thenMany(Flux.fromIterable(errors).delayUntil(ledger::publish)));
    }

    /** An evaluation without figures. */
    private static Evaluation.Builder without(CheckpointReady checkpoint, PlannedSuite suite) {
        return evaluation(Tuples.of(0L, new Score(Map.of(), 0)), suite).setRun(checkpoint.getRun())
                .setStep(checkpoint.getStep()).setCheckpointSha256(checkpoint.getSha256())
                .setObjective(checkpoint.getObjective());
    }

    private static Counter refused(String suite) {
        return Counter.builder("retort.evaluator.refused").description("Evaluations with an error").tag("suite", suite)
                .register(Metrics.globalRegistry);
    }
}
