package retort.trainer.learn;

import java.util.Map;
import java.util.TreeMap;
import retort.trainer.model.VitShape;

/**
 * Everything that the steps of a run depend on, except weights, images and their order.
 *
 * @param model shape of the model that learns
 * @param pixels mean and standard deviation of the stream's pixels, by which a step normalises them
 * @param seed decides the first weights, the masks and every other draw
 */
public record LearnerSpec(VitShape model, Objective objective, OptimizerSettings optimizer, Precision precision,
        PixelStatistics pixels, long seed) {
    /** @throws IllegalArgumentException if the model cannot learn the objective, or differs from the stream in its channels */
    public LearnerSpec {
        objective.check(model);
        if (pixels.channels() != model.channels())
            throw new IllegalArgumentException("the model takes images of " + model.channels() + " channels and the stream has "
                    + pixels.channels());
    }

    /** The TorchScript archive of the program that takes the steps, for processes without Java. Any thread. */
    public byte[] archive() {
        return objective.script().archive(attributes());
    }

    /** Values of the program's attributes: the values of every run, then the values of the objective, which have priority. */
    Map<String, Object> attributes() {
        final Map<String, Object> all = new TreeMap<>(Map.of(
                "product", precision.torchType(), "patch", model.patch(), "heads", model.heads(), "depth", model.depth(),
                "beta1", optimizer.beta1(), "beta2", optimizer.beta2(), "clip", optimizer.clip(), "micro_batches",
                optimizer.microBatches()));
        all.putAll(objective.attributes(model));
        return all;
    }
}
