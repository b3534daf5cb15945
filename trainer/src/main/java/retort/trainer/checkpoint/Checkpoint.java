package retort.trainer.checkpoint;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import retort.digest.FileDigest;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.SafeTensors;

/**
 * A whole checkpoint on disk.
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

    public Path weightsFile() {
        return directory.resolve(WEIGHTS);
    }

    public Path optimizerFile() {
        return directory.resolve(OPTIMIZER);
    }

    /** The weights as a file: URI. */
    public URI uri() {
        return weightsFile().toUri();
    }

    /** The tensors of the model by the names that MAE and timm use, as views of the mapped file. */
    public Map<String, HostTensor> weights() {
        return SafeTensors.read(weightsFile());
    }

    /** The tensors of the optimiser, as views of the mapped file. */
    public Map<String, HostTensor> optimizer() {
        return SafeTensors.read(optimizerFile());
    }
}
