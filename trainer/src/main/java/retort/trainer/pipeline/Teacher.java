package retort.trainer.pipeline;

import java.util.Map;
import retort.trainer.model.VitShape;
import retort.trainer.weights.HostTensor;

/**
 * A teacher's weights and shape.
 *
 * @param name run:NAME, or the file's URI
 * @param sha256 of the file that holds the weights
 * @param weights views of a mapped file
 */
record Teacher(String name, String sha256, VitShape shape, Map<String, HostTensor> weights) {
}
