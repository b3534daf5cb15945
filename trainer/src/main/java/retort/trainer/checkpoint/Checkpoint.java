package retort.trainer.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import retort.digest.FileDigest;
import retort.place.Places;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.SafeTensors;

/**
 * A whole checkpoint on a disk or in a bucket.
 *
 * @param directory holds the files
 * @param state the run when it was saved
 * @param weightsDigest length and SHA-256 of {@link #weightsFile}, as CheckpointReady carries them
 * @param optimizerDigest length and SHA-256 of {@link #optimizerFile}
 */
public record Checkpoint(Path directory, TrainingState state, FileDigest weightsDigest, FileDigest optimizerDigest) {
    static final String WEIGHTS = "weights.safetensors";
    static final String OPTIMIZER = "optimizer.safetensors";
    static final String STATE = "checkpoint.json";

    /**
     * The checkpoint that contains the file {@code weights}; empty if the file is in no checkpoint. Reads the state and no tensor.
     *
     * @throws retort.trainer.weights.WeightsException if the state beside the weights is damaged
     */
    public static Optional<Checkpoint> beside(Path weights) {
        final Path folder = weights.toAbsolutePath().getParent();
        if (folder == null || !weights.endsWith(WEIGHTS) || !Files.exists(folder.resolve(STATE)))
            return Optional.empty();
        final Path state = folder.resolve(STATE);
        try {
            return Optional.of(CheckpointJson.read(folder, Files.readAllBytes(state)));
        } catch (IOException e) {
            throw new UncheckedIOException(state + " cannot be read: " + e.getMessage(), e);
        }
    }

    public Path weightsFile() {
        return directory.resolve(WEIGHTS);
    }

    public Path optimizerFile() {
        return directory.resolve(OPTIMIZER);
    }

    /** The text that names the weights to other processes: a file: URI, or an address of {@code s3://}. */
    public String address() {
        return Places.address(weightsFile());
    }

    /** The tensors of the model by the names that MAE and timm use, as views of the mapped file, or of a mapped copy of the object. */
    public Map<String, HostTensor> weights() {
        return SafeTensors.read(weightsFile());
    }

    /** The tensors of the optimiser, as views of the mapped file, or of a mapped copy of the object. */
    public Map<String, HostTensor> optimizer() {
        return SafeTensors.read(optimizerFile());
    }
}
