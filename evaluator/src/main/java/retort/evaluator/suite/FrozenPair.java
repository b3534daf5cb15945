package retort.evaluator.suite;

import java.io.UncheckedIOException;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import retort.place.PlaceException;
import retort.place.Places;
import retort.settings.SettingException;
import retort.trainer.engine.Engine;
import retort.trainer.images.ImageBlock;
import retort.trainer.learn.Alignment;
import retort.trainer.learn.LearnerSpec;
import retort.trainer.learn.LrSchedule;
import retort.trainer.learn.OptimizerSettings;
import retort.trainer.learn.Precision;
import retort.trainer.objective.AlignedPair;
import retort.trainer.pipeline.DistilledCheckpoint;
import retort.trainer.pipeline.RunException;

/**
 * A distilled student and its teacher, loaded on the engine for inference only, in float32. Any thread may subscribe. Each call is one task
 * of the engine and completes on its thread. The caller that opens it closes it.
 */
final class FrozenPair {
    private final Engine engine;
    private final Alignment alignment;
    private final List<AlignedPair> pairs;

    private FrozenPair(Engine engine, Alignment alignment, List<AlignedPair> pairs) {
        this.engine = engine;
        this.alignment = alignment;
        this.pairs = pairs;
    }

    /** Finds the teacher on Reactor's elastic threads, then loads both. Fails with {@link CheckpointRefusedException} if they do not fit. */
    static Mono<FrozenPair> open(Engine engine, Places places, FrozenModel model) {
        return Mono.fromCallable(() -> DistilledCheckpoint.of(model.file(), places)).subscribeOn(Schedulers.boundedElastic())
                .flatMap(found -> engine.submit(() -> new FrozenPair(engine,
                        Alignment.load(engine, new LearnerSpec(found.student(), found.objective(),
                                OptimizerSettings.pretraining(new LrSchedule(0, 0, 0, 1)), Precision.FLOAT32, model.statistics(),
                                0),
                                found.pairs().size(), found.weights(), found.teacher().weights()),
                        found.pairs())))
                .onErrorMap(FrozenPair::isMissing, e -> new CheckpointRefusedException(
                        "its distance to its teacher cannot be measured: " + e.getMessage(), e));
    }

    /** True if the teacher, or what tells of it, is not there. A place that does not answer counts, because only this suite needs it. */
    private static boolean isMissing(Throwable error) {
        return error instanceof RunException || error instanceof IllegalArgumentException || error instanceof SettingException
                || error instanceof PlaceException || error instanceof UncheckedIOException;
    }

    List<AlignedPair> pairs() {
        return pairs;
    }

    /** The distance at each pair, the mean over the images of a block. */
    Mono<double[]> distances(ImageBlock block, long maskSeed) {
        return engine.submit(() -> alignment.distances(block.pixels(), block.count(), block.sampleIds(), maskSeed));
    }

    Mono<Void> close() {
        return engine.free(alignment::close);
    }
}
