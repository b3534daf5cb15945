package retort.trainer.pipeline;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.record.Architecture;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.objective.WeightsSource;
import retort.trainer.pretrained.PretrainedEncoder;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.WeightsDigest;

/**
 * Weights that the settings of a run name.
 *
 * @param name run:NAME or the URI of the file
 * @param architecture shape of the model; empty for a file, because a file does not tell it
 * @param heads attention heads of a block; empty if they are not known
 * @param tensors tensors by name, as views of a mapped file
 */
record FoundWeights(String name, Optional<Architecture> architecture, OptionalInt heads, Map<String, HostTensor> tensors) {
    private static final Logger LOG = LoggerFactory.getLogger(FoundWeights.class);

    /**
     * Finds the weights of {@code source}. Blocking; any thread.
     *
     * @param run the run that names the weights, for messages
     * @param role role of the weights in the run, for messages
     * @throws RunException if the weights are not there; the message says what is missing and what to do
     * @throws retort.trainer.weights.WeightsException if the file holds no weights
     */
    static FoundWeights of(CheckpointStore store, String run, String role, WeightsSource source) {
        return switch (source) {
            case WeightsSource.Run(String name) -> {
                final Checkpoint last = FinishedRuns.last(store, run, role, name);
                yield new FoundWeights("run:" + name, Optional.of(last.state().architecture()),
                        OptionalInt.of(last.state().architecture().getHeads()), last.weights());
            }
            case final WeightsSource.File file -> {
                try {
                    yield found(run, role, file, PretrainedEncoder.toStartFrom(file.path(), file.model()));
                } catch (UncheckedIOException e) {
                    throw new RunException("run " + run + " has " + file + " as " + role + ", which cannot be read: "
                            + e.getMessage(), e);
                }
            }
        };
    }

    private static FoundWeights found(String run, String role, WeightsSource.File file, PretrainedEncoder.Tensors read) {
        read.notes().forEach(note -> LOG.info("run {} has {} as {}: {}", run, file, role, note));
        return new FoundWeights(file.path().toUri() + file.model().map(model -> "#" + model).orElse(""), Optional.empty(),
                read.heads(), read.tensors());
    }

    /** True if there is a file, or a final checkpoint of a run, under {@code source}. Blocking; any thread. */
    static boolean isThere(CheckpointStore store, WeightsSource source) {
        return switch (source) {
            case WeightsSource.Run(String name) -> FinishedRuns.find(store, name).isPresent();
            case WeightsSource.File(Path path, Optional<String> _) -> Files.exists(path);
        };
    }

    /**
     * Checks the number of heads, because no shape of a tensor shows it.
     *
     * @throws RunException if the weights are known to have another number of heads
     */
    void requireHeads(String run, int expected) {
        if (heads.isPresent() && heads.getAsInt() != expected)
            throw new RunException("run " + run + " has a model of " + expected + " heads and starts from " + name + " of "
                    + heads.getAsInt() + ": set model = {width, depth, heads = " + heads.getAsInt() + ", patch}");
    }

    /** Digest of the content. It does not depend on the file or its name. Reads every byte. */
    String contentDigest() {
        return "sha256:" + WeightsDigest.of(tensors);
    }
}
