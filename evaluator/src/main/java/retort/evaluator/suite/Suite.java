package retort.evaluator.suite;

import reactor.core.publisher.Mono;
import retort.record.CheckpointReady;

/** One way of scoring a checkpoint. Immutable; the pipeline subscribes to one score at a time. */
public sealed interface Suite permits KnnSuite, ReconstructionSuite, ClassificationSuite {
    /** As in the records. */
    String name();

    /** The metric that sums it up. */
    String figure();

    /** Names everything that decides the score beside the checkpoint. */
    String settingsHash();

    /** Whether it can score such a checkpoint at all. */
    boolean scores(CheckpointReady checkpoint);

    /**
     * Reads the streams it needs from their start to their end. Engine work is one block a task.
     *
     * @throws CheckpointRefusedException (as the Mono's error) when the model's numbers cannot be scored
     */
    Mono<Score> score(FrozenModel model);
}
