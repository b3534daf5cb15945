package retort.trainer.model;

import java.util.List;

/**
 * One tensor of a model: its name in checkpoints, its shape and its initial values.
 *
 * @param name such as {@code blocks.0.attn.qkv.weight}
 */
public record Parameter(String name, List<Long> shape, Start start) {
    /** The initial values of a parameter. */
    public enum Start {
        ZEROS, ONES,
        /** Uniform within sqrt(6 / (inputs + outputs)), the first axis being the outputs. */
        XAVIER,
        /** Uniform within 1 / sqrt(inputs), as PyTorch starts its layers: their weights. */
        UNIFORM_WEIGHT,
        /** The same for a bias, whose layer's inputs only its weight tells. */
        UNIFORM_BIAS,
        /** Normal with deviation 0.02. */
        TOKEN,
        /** Normal with deviation 2e-5: a classifier's head that begins all but undecided. */
        HEAD,
        /** The fixed sine and cosine table; never trained before fine-tuning. */
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
