package retort.trainer.model;

import java.util.List;

/**
 * One tensor of a model: its name in checkpoints, its shape and its initial values.
 *
 * @param name name in a checkpoint, such as {@code blocks.0.attn.qkv.weight}
 * @param shape length of each axis
 * @param start the initial values
 */
public record Parameter(String name, List<Long> shape, Start start) {
    /** The initial values of a parameter. */
    public enum Start {
        ZEROS, ONES,
        /** Uniform within sqrt(6 / (inputs + outputs)). The first axis is the outputs. */
        XAVIER,
        /** Uniform within 1 / sqrt(inputs), as PyTorch starts the weights of its layers. */
        UNIFORM_WEIGHT,
        /** As {@link #UNIFORM_WEIGHT}, for a bias. The weight of its layer tells the number of inputs. */
        UNIFORM_BIAS,
        /** 1.01 on the diagonal that ends in the last corner, and 0.01 elsewhere: MaskAlign's mix of blocks. */
        LAST_DIAGONAL,
        /** One over the number of columns. */
        MEAN,
        /** Normal with deviation 0.02. */
        TOKEN,
        /** Normal with deviation 2e-5, for a classifier's head: at first its classes are almost equally likely. */
        HEAD,
        /** The sine and cosine table. Only fine-tuning trains it. */
        POSITIONS
    }

    public Parameter {
        shape = List.copyOf(shape);
    }

    static Parameter of(String name, Start start, long... shape) {
        return new Parameter(name, java.util.Arrays.stream(shape).boxed().toList(), start);
    }

    public long[] dimensions() {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    public int elements() {
        return Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
    }
}
