package retort.trainer.objective;

import java.util.Map;
import retort.trainer.model.Pooling;
import retort.trainer.model.VitShape;
import retort.trainer.weights.HostTensor;

/**
 * The weights and the shape of a teacher.
 *
 * @param name run:NAME, or the URI of the file, for people
 * @param contentDigest digest of the weights' content; it does not depend on the file
 * @param weights tensors by name, as views of a mapped file
 */
public record Teacher(String name, String contentDigest, VitShape shape, Map<String, HostTensor> weights) {
    /** The pooling of its classifier: the mean if there is an {@code fc_norm}, because that normalises a mean. */
    public Pooling pooling() {
        return weights.containsKey("fc_norm.weight") ? Pooling.MEAN : Pooling.CLASS;
    }

    /** @throws IllegalArgumentException if the models do not cut the same images into the same patches; the message has the way out */
    static void requireSamePatches(VitShape teacher, VitShape vit) {
        if (teacher.patch() != vit.patch())
            throw new IllegalArgumentException("the teacher cuts patches of " + teacher.patch()
                    + " px and the model patches of " + vit.patch() + " px: set model = {width, depth, heads, patch = "
                    + teacher.patch() + "}, or take a teacher with patches of " + vit.patch() + " px");
        if (teacher.image() != vit.image() || teacher.channels() != vit.channels())
            throw new IllegalArgumentException("teacher and model must cut the same images into the same patches: "
                    + teacher.image() + " px in patches of " + teacher.patch() + " with " + teacher.channels()
                    + " channels, and " + vit.image() + " px in patches of " + vit.patch() + " with " + vit.channels()
                    + " channels");
    }

    /** Number of classes; 0 if the teacher is not a classifier. */
    public int classes() {
        final HostTensor head = weights.get("head.weight");
        return head == null || head.shape().length == 0 ? 0 : Math.toIntExact(head.shape()[0]);
    }
}
