package retort.trainer.pipeline;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import retort.record.Evaluation;
import retort.trainer.checkpoint.Checkpoint;

/**
 * The evaluations of one run, to tell which checkpoints an evaluator has done with. An evaluator takes checkpoints in the order of their
 * announcement and publishes a result, or an error, for each suite that scores them. So a suite has done with a checkpoint when it has
 * published a result for this one or for a later one.
 */
final class Evaluated {
    /** The newest step that each suite has published a result for. */
    private final Map<String, Long> newest = new HashMap<>();
    /** The oldest step that each suite has published a result for. */
    private final Map<String, Long> oldest = new HashMap<>();
    private final Set<String> weights = new HashSet<>();

    /** @param evaluations evaluations of any runs; the others are left out */
    Evaluated(String run, Collection<Evaluation> evaluations) {
        for (final Evaluation evaluation : evaluations)
            if (evaluation.getRun().equals(run)) {
                newest.merge(evaluation.getSuite(), evaluation.getStep(), Math::max);
                oldest.merge(evaluation.getSuite(), evaluation.getStep(), Math::min);
                weights.add(weights(evaluation.getStep(), evaluation.getCheckpointSha256()));
            }
    }

    /**
     * True if no evaluator still needs the checkpoint: there is a result or an error for exactly its weights, there is one for a later
     * checkpoint of the run, and every suite that has scored an earlier checkpoint has done with this one. A suite that begins
     * later does not count, because nobody can know of it.
     */
    boolean isDone(Checkpoint checkpoint) {
        final long step = checkpoint.state().step();
        return weights.contains(weights(step, checkpoint.weightsDigest().sha256()))
                && newest.values().stream().anyMatch(last -> last > step)
                && newest.entrySet().stream()
                        .allMatch(suite -> suite.getValue() >= step || oldest.getOrDefault(suite.getKey(), 0L) > step);
    }

    private static String weights(long step, String sha256) {
        return step + "/" + sha256;
    }
}
