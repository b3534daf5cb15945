package retort.evaluator.suite;

import java.util.List;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import retort.place.Places;
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
import retort.trainer.weights.WeightsException;

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
                .onErrorMap(
                        e -> e instanceof RunException || e instanceof WeightsException || e instanceof IllegalArgumentException,
                        e -> new CheckpointRefusedException(String.valueOf(e.getMessage()), e));
    }

    List<AlignedPair> pairs() {
        return pairs;
    }

    /** The distance at each pair, the mean over the images of a block. */
    Mono<double[]> distances(ImageBlock block, long maskSeed) {
        return engine.submit(() -> alignment.distances(block.pixels(), block.count(), block.sampleIds(), maskSeed));
    }

    Mono<Void> close() {
        return engine.submit(() -> {
            alignment.close();
            return true;
        }).then();
    }
}
