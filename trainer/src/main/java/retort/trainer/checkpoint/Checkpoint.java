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
 * @param weightsDigest of {@link #weightsFile}, as CheckpointReady carries it
 * @param optimizerDigest of the file with the optimiser's state
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

    /** file: URI of the weights. */
    public URI uri() {
        return weightsFile().toUri();
    }

    /** The model's tensors under the field's names: views of the mapped file. */
    public Map<String, HostTensor> weights() {
        return SafeTensors.read(weightsFile());
    }

    /** The optimiser's tensors: views of the mapped file. */
    public Map<String, HostTensor> optimizer() {
        return SafeTensors.read(optimizerFile());
    }
}
