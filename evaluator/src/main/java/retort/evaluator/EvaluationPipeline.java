package retort.evaluator;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.function.Tuple2;
import retort.console.StatusLine;
import retort.evaluator.feed.Yardstick;
import retort.evaluator.knn.TooManyQueriesException;
import retort.evaluator.suite.CheckpointRefusedException;
import retort.evaluator.suite.FrozenModel;
import retort.evaluator.suite.KnnSuite;
import retort.evaluator.suite.RawPixels;
import retort.evaluator.suite.Score;
import retort.evaluator.suite.Suite;
import retort.kafka.Broker;
import retort.kafka.Event;
import retort.kafka.From;
import retort.kafka.Keys;
import retort.record.CheckpointReady;
import retort.record.Evaluation;
import retort.trainer.engine.Engine;

/**
 * The evaluator as one flow: the streams that are scored are waited for until they are complete; k-NN on raw pixels is scored
 * once; then every announced checkpoint, in the order of the announcements, is verified, loaded, scored by each suite that has not
 * scored it before, and each score is published and logged before the next is begun.
 * <p>
 * Threads: announcements and images come on their readers' threads, files are verified on Reactor's elastic threads, tensors live
 * on the engine's, one block a task, and scores are published from Reactor's parallel ones. Demand: one checkpoint at a time.
 */
final class EvaluationPipeline {
    private static final Logger LOG = LoggerFactory.getLogger(EvaluationPipeline.class);

    private final Broker broker;
    private final EvaluatorSettings settings;
    private final Engine engine;
    private final EvaluationLedger ledger;
    private final SettledCheckpoints settled;
    private final StatusLine line;

    EvaluationPipeline(Broker broker, EvaluatorSettings settings, Engine engine, EvaluationLedger ledger,
            SettledCheckpoints settled, StatusLine line) {
        this.broker = broker;
        this.settings = settings;
        this.engine = engine;
        this.ledger = ledger;
        this.settled = settled;
        this.line = line;
    }

    /** What is published, as it is published; endless. */
    Flux<Evaluation> evaluations() {
        return ScoringPlan.await(broker, settings, engine, line)
                .flatMapMany(plan -> Flux.concat(
                        yardstick(plan),
                        announced().concatMap(checkpoint -> score(checkpoint, plan), 0)));
    }

    private Flux<CheckpointReady> announced() {
        return broker.follow(broker.topics().checkpoints(), From.EARLIEST, "evaluator-checkpoints")
                .mapNotNull(Event::value)
                .doOnSubscribe(subscribed -> line.update("waits for a checkpoint"));
    }

    private Flux<Evaluation> score(CheckpointReady checkpoint, ScoringPlan plan) {
        return Flux.defer(() -> {
            final List<Suite> missing = plan.suites().stream()
                    .filter(suite -> suite.scores(checkpoint) && !isScored(checkpoint, suite)).toList();
            return missing.isEmpty()
                    ? Flux.<Evaluation>empty()
                    : Flux.usingWhen(open(checkpoint, plan),
                            model -> Flux.fromIterable(missing).concatMap(suite -> evaluate(checkpoint, model, suite), 0),
                            FrozenModel::close);
        }).onErrorResume(CheckpointRefusedException.class, refused -> setAside(checkpoint, refused))
                .doOnComplete(() -> settled.add(checkpoint));
    }

    private boolean isScored(CheckpointReady checkpoint, Suite suite) {
        return ledger.has(checkpoint.getRun(), checkpoint.getStep(), suite.name(), suite.settingsHash(), checkpoint.getSha256());
    }

    private Mono<FrozenModel> open(CheckpointReady checkpoint, ScoringPlan plan) {
        return Mono.fromCallable(() -> CheckpointFile.verified(checkpoint)).subscribeOn(Schedulers.boundedElastic())
                .flatMap(file -> FrozenModel.open(engine, checkpoint, file, plan.val().stream()));
    }

    private Mono<Evaluation> evaluate(CheckpointReady checkpoint, FrozenModel model, Suite suite) {
        line.update(checkpoint.getRun() + " step " + checkpoint.getStep() + ": " + suite.name());
        return suite.score(model).elapsed().publishOn(Schedulers.parallel())
                .map(score -> evaluation(score, suite).setRun(checkpoint.getRun()).setStep(checkpoint.getStep())
                        .setCheckpointSha256(checkpoint.getSha256()).setObjective(checkpoint.getObjective()).build())
                .delayUntil(evaluation -> ledger.publish(evaluation, checkpoint))
                .doOnNext(evaluation -> report(evaluation, suite));
    }

    /** k-NN on raw pixels, unless it was published before or the images are too large for it. */
    private Mono<Evaluation> yardstick(ScoringPlan plan) {
        return Mono.justOrEmpty(plan.knn()).filter(knn -> settings.yardstick()
                && !ledger.has(Yardstick.RUN, 0, KnnSuite.NAME, knn.settingsHash(), ""))
                .doOnNext(knn -> line.update("raw pixels: knn"))
                .flatMap(knn -> knn.score(new RawPixels(plan.val().stream())).elapsed().publishOn(Schedulers.parallel())
                        .map(score -> evaluation(score, knn).setRun(Yardstick.RUN).setStep(0).setCheckpointSha256("")
                                .setObjective(Yardstick.OBJECTIVE).build())
                        .delayUntil(ledger::publish)
                        .doOnNext(evaluation -> report(evaluation, knn)))
                .onErrorResume(TooManyQueriesException.class, tooMany -> {
                    LOG.info("k-NN on raw pixels is left out: {}", tooMany.getMessage());
                    return Mono.empty();
                });
    }

    private Evaluation.Builder evaluation(Tuple2<Long, Score> elapsed, Suite suite) {
        final Score score = elapsed.getT2();
        return Evaluation.newBuilder().setSuite(suite.name()).setSettingsHash(suite.settingsHash()).setMetrics(score.metrics())
                .setImages(score.images()).setDurationMillis(elapsed.getT1()).setStream(settings.valStream())
                .setAt(Instant.now());
    }

    private void report(Evaluation evaluation, Suite suite) {
        final String result = String.format(Locale.ROOT, "%s step %d %s %.4f", evaluation.getRun(), evaluation.getStep(),
                suite.name(), evaluation.getMetrics().get(suite.figure()));
        LOG.info("evaluated {} ({} images in {} ms)", result, evaluation.getImages(), evaluation.getDurationMillis());
        line.update(result + "; waits for a checkpoint");
    }

    /** Where the topic has a tombstone or other weights for it by now, it is merely out of date. Any other is rejected. */
    private Mono<Evaluation> setAside(CheckpointReady checkpoint, CheckpointRefusedException refused) {
        return Mono.fromCallable(() -> isStillAnnounced(checkpoint)).subscribeOn(Schedulers.boundedElastic())
                .flatMap(still -> still ? ledger.reject(checkpoint, String.valueOf(refused.getMessage())) : Mono.empty())
                .then(Mono.empty());
    }

    private boolean isStillAnnounced(CheckpointReady checkpoint) {
        return Optional
                .ofNullable(broker.table(broker.topics().checkpoints())
                        .get(Keys.checkpoint(checkpoint.getRun(), checkpoint.getStep())))
                .filter(latest -> latest.getSha256().equals(checkpoint.getSha256())).isPresent();
    }
}
