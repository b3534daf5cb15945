package retort.trainer.learn;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import retort.record.Architecture;
import retort.trainer.model.Parameter;
import retort.trainer.model.Script;
import retort.trainer.model.VitShape;
import retort.trainer.weights.HostTensor;

/**
 * An objective with all shapes known. It names the parameters of the model, draws for a step, and names the method of the program that
 * a step calls. {@link Learner} does the rest (first weights, optimiser, mixed precision, saving) in the same way for every objective.
 * <p>
 * An implementation is immutable and computes nothing with tensors on a device; any thread may call it. {@code vit} is always the
 * shape of the model that learns.
 */
public interface Objective {
    /**
     * Checks that a model of this shape can learn this objective.
     *
     * @throws IllegalArgumentException if it cannot; the message names the setting, its value and the values that are allowed
     */
    void check(VitShape vit);

    /** All parameters of the model, in the order of its checkpoints. */
    List<Parameter> parameters(VitShape vit);

    /** The parameters that the optimiser updates. The others, such as the fixed position table, keep their first values. */
    default List<Parameter> trained(VitShape vit) {
        return parameters(vit).stream().filter(parameter -> parameter.start() != Parameter.Start.POSITIONS).toList();
    }

    /** The parameters of the teacher that a step computes with; empty without a teacher. */
    default List<Parameter> teacherParameters() {
        return List.of();
    }

    /**
     * The tensors that a teacher's file may hold and that no step computes with, by name; {@code *} stands for any text. Any other
     * tensor beside {@link #teacherParameters} would take part in the teacher's features, so a file that has one is refused.
     */
    default List<String> teacherLeftOver() {
        return List.of();
    }

    /**
     * The parts of the loss in the order of the program's result, the total first. A part whose name is empty is computed as zero
     * and not reported.
     */
    List<String> lossParts();

    /** Values of the program's attributes, by the names at the head of {@code dmae.py}. An attribute that is left out has no effect. */
    Map<String, Object> attributes(VitShape vit);

    /** Constant tensors that a step needs beside the stream's {@code scale} and {@code shift}, by their name in {@code stream}. */
    default Map<String, HostTensor> constants(VitShape vit, long seed) {
        return Map.of();
    }

    /**
     * Draws everything random of one step on the host, as a function of the arguments alone.
     *
     * @param step number of the step, from 0
     * @param sampleIds (N)
     * @param labels (N): class indices, -1 for an image without a label
     * @throws SampleRefusedException if the objective cannot learn from an image
     */
    StepCall draw(VitShape vit, long seed, long step, long[] sampleIds, int[] labels);

    /**
     * The floating-point operations that a step needs for one image, forward and backward, as {@link retort.trainer.model.Operations}
     * counts them. Empty if the objective does not count them; nothing but {@code retort plan} asks.
     */
    default OptionalLong operations(VitShape vit) {
        return OptionalLong.empty();
    }

    /** The program. It is {@code dmae.py}, unless an objective has methods of its own and overrides this. */
    default Script script() {
        return Script.bundled();
    }

    /** Adds the parts of the model that are not its encoder to the architecture of a checkpoint. */
    default void describe(Architecture.Builder architecture) {
    }
}
