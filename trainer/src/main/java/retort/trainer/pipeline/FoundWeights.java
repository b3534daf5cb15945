package retort.trainer.pipeline;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import retort.record.Architecture;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.objective.WeightsSource;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.WeightsDigest;
import retort.trainer.weights.WeightsFile;

/**
 * Weights that the settings of a run name.
 *
 * @param name run:NAME or the URI of the file
 * @param architecture shape of the model; empty for a file, which does not tell it
 * @param tensors views of a mapped file
 */
record FoundWeights(String name, Optional<Architecture> architecture, Map<String, HostTensor> tensors) {
    /**
     * Finds them. Blocking; any thread.
     *
     * @param run the run that names them, and {@code role} what for, for messages
     * @throws RunException that says what is missing and what to do
     * @throws retort.trainer.weights.WeightsException for a file that holds no weights
     */
    static FoundWeights of(CheckpointStore store, String run, String role, WeightsSource source) {
        return switch (source) {
            case WeightsSource.Run(String name) -> {
                final Checkpoint last = FinishedRuns.last(store, run, role, name);
                yield new FoundWeights("run:" + name, Optional.of(last.state().architecture()), last.weights());
            }
            case WeightsSource.File(Path path) -> {
                try {
                    yield new FoundWeights(path.toUri().toString(), Optional.empty(), WeightsFile.read(path));
                } catch (UncheckedIOException e) {
                    throw new RunException("run " + run + " has file:" + path + " as " + role + ", which cannot be read: "
                            + e.getMessage(), e);
                }
            }
        };
    }

    /** Whether there is anything under {@code source}: a file, or the final checkpoint of a run. Blocking; any thread. */
    static boolean isThere(CheckpointStore store, WeightsSource source) {
        return switch (source) {
            case WeightsSource.Run(String name) -> FinishedRuns.find(store, name).isPresent();
            case WeightsSource.File(Path path) -> Files.exists(path);
        };
    }

    /** Identity of the content, whatever file holds it and whatever it is called. Reads every byte. */
    String contentDigest() {
        return "sha256:" + WeightsDigest.of(tensors);
    }
}
