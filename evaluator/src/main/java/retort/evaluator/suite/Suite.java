package retort.evaluator.suite;

import reactor.core.publisher.Mono;
import retort.record.CheckpointReady;

/**
 * One way to score a checkpoint, with its settings. Immutable: the evaluation pipeline subscribes to one score at a time and may
 * subscribe from any thread.
 */
@FunctionalInterface
public interface Suite {
    /**
     * True if checkpoints of this kind have what the suite scores. The pipeline passes over a checkpoint where this is false.
     *
     * @param checkpoint as announced; its file has not been read
     */
    default boolean scores(CheckpointReady checkpoint) {
        return true;
    }

    /**
     * Reads the streams that the suite's description names, each from its start to its end, and scores the model. Submit work to the
     * engine in tasks of one block of images, so that training steps can run in between.
     *
     * @param model open; the pipeline closes it after the score
     * @throws CheckpointRefusedException (as the Mono's error) if the model cannot be scored
     */
    Mono<Score> score(FrozenModel model, ScoringContext context);
}
