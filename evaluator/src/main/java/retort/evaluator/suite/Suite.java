package retort.evaluator.suite;

import java.util.Map;
import reactor.core.publisher.Mono;
import retort.record.CheckpointReady;

/**
 * One way to score a checkpoint, with its settings. Immutable, because the evaluation pipeline may subscribe from any thread. The
 * pipeline subscribes to one score at a time.
 */
@FunctionalInterface
public interface Suite {
    /**
     * Tells if this suite can score a checkpoint. If not, the pipeline skips the checkpoint.
     *
     * @param checkpoint the announcement; the file has not been read yet
     * @return true if checkpoints of this kind have what the suite scores
     */
    default boolean scores(CheckpointReady checkpoint) {
        return true;
    }

    /**
     * Facts beside the settings that shape the result, such as the digest of a file that a setting names. They count in the settings hash.
     * Called once, at the start of the evaluator.
     */
    default Map<String, String> facts() {
        return Map.of();
    }

    /**
     * Reads the streams that the suite's description names, each from its start to its end, and scores the model. Submit work to the
     * engine in tasks of one block of images, so that training steps can run in between.
     *
     * @param model an open model; the pipeline closes it after the score
     * @throws CheckpointRefusedException (as the Mono's error) if the model cannot be scored
     */
    Mono<Score> score(FrozenModel model, ScoringContext context);
}
