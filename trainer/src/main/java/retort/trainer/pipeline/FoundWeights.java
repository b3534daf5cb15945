package retort.trainer.pipeline;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.place.Places;
import retort.record.Architecture;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.model.VitVariant;
import retort.trainer.objective.Start;
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
 * @param epsilon epsilon of its norms
 * @param tensors tensors by name, as views of a mapped file
 */
record FoundWeights(String name, Optional<Architecture> architecture, OptionalInt heads, double epsilon,
        Map<String, HostTensor> tensors) {
    /** Name of the difference in init-allow. */
    private static final String EPSILON = "epsilon";
    private static final Logger LOG = LoggerFactory.getLogger(FoundWeights.class);

    /**
     * Finds the weights of {@code source}. Blocking; any thread.
     *
     * @param run the run that names the weights, for messages
     * @param role role of the weights in the run, for messages
     * @throws RunException if the weights are not there; the message says what is missing and what to do
     * @throws retort.trainer.weights.WeightsException if the file holds no weights
     */
    static FoundWeights of(CheckpointStore store, Places places, String run, String role, WeightsSource source) {
        return switch (source) {
            case WeightsSource.Run(String name) -> {
                final Checkpoint last = FinishedRuns.last(store, run, role, name);
                yield new FoundWeights("run:" + name, Optional.of(last.state().architecture()),
                        OptionalInt.of(last.state().architecture().getHeads()), VitVariant.EPSILON, last.weights());
            }
            case final WeightsSource.File file -> {
                try {
                    yield found(run, role, file, file.path(places));
                } catch (UncheckedIOException e) {
                    throw new RunException("run " + run + " has " + file + " as " + role + ", which cannot be read: "
                            + e.getMessage(), e);
                }
            }
        };
    }

    private static FoundWeights found(String run, String role, WeightsSource.File file, Path path) {
        final PretrainedEncoder.Tensors read = PretrainedEncoder.toStartFrom(path, file.model());
        read.notes().forEach(note -> LOG.info("run {} has {} as {}: {}", run, file, role, note));
        return new FoundWeights(Places.address(path) + file.model().map(model -> "#" + model).orElse(""), Optional.empty(),
                read.heads(), read.epsilon(), read.tensors());
    }

    /** True if there is a file, or a final checkpoint of a run, under {@code source}. Blocking; any thread. */
    static boolean isThere(CheckpointStore store, Places places, WeightsSource source) {
        return switch (source) {
            case WeightsSource.Run(String name) -> FinishedRuns.find(store, name).isPresent();
            case final WeightsSource.File file -> Files.exists(file.path(places));
        };
    }

    /**
     * Checks the number of heads and the epsilon of the norms, because no tensor shows them.
     *
     * @param allowed differences that the user allows by name
     * @throws RunException if the weights are known to have another number of heads, or another epsilon
     */
    void requireSame(String run, int expected, List<String> allowed) {
        if (epsilon != VitVariant.EPSILON && !allowed.contains(EPSILON))
            throw new RunException("run " + run + " starts from " + name + ", whose norms have an epsilon of " + epsilon
                    + ", and its own model has " + VitVariant.EPSILON + ", so it would start as another function: add \""
                    + EPSILON
                    + "\" to init-allow to start so, or name the epsilon that it was trained with in a config.json beside it"
                    + " ({\"hidden_size\": WIDTH, \"layer_norm_eps\": 1e-6})");
        if (heads.isPresent() && heads.getAsInt() != expected)
            throw new RunException(Start.otherHeads(run, expected, name, heads.getAsInt()));
    }

    /** Digest of the content. It does not depend on the file or its name. Reads every byte. */
    String contentDigest() {
        return "sha256:" + WeightsDigest.of(tensors);
    }
}
