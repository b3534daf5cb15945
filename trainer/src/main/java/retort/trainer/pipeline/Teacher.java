package retort.trainer.pipeline;

import java.util.Map;
import retort.trainer.model.Pooling;
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
    /** What its classifier looks at, if it has one: {@code fc_norm} normalises a mean. */
    Pooling pooling() {
        return weights.containsKey("fc_norm.weight") ? Pooling.MEAN : Pooling.CLASS;
    }

    /** 0 where it is no classifier. */
    int classes() {
        final HostTensor head = weights.get("head.weight");
        return head == null || head.shape().length == 0 ? 0 : Math.toIntExact(head.shape()[0]);
    }
}
