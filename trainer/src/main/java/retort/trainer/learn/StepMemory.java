package retort.trainer.learn;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import retort.trainer.model.Parameter;

/**
 * Estimates the memory that training takes, from the shapes alone, so that the same settings always give the same estimate. It is meant for
 * the choice of micro-batches, and errs upwards.
 *
 * @param modelBytes bytes that do not depend on the batch: weights, gradients, the two moments, and the copy of the state for a
 *     checkpoint
 * @param imageBytes bytes that the gradient of one image needs
 */
public record StepMemory(long modelBytes, long imageBytes) {
    /** Weight, gradient and two moments on the device; the copy of weight and moments on the host. */
    private static final int VALUES_OF_A_PARAMETER = 7;
    private static final double SHARE = 0.7;
    /**
     * Vectors of the model's width that a block keeps for each token: its input, the outputs of both norms, queries, keys, values, what attention
     * gives, the sum after it, and the hidden layer before and after its activation (four widths each).
     */
    private static final int VECTORS_OF_A_TOKEN = 17;
    /** Matrices of scores that attention keeps for each head. */
    private static final int SCORES_OF_A_HEAD = 2;

    /** Matrices of numbers for each head and relation that is compared: both sides, their softmax, and what their distance keeps. */
    private static final int MATRICES_OF_A_RELATION = 6;

    /** The estimate for a learner. Its micro-batches do not count. */
    public static StepMemory of(LearnerSpec spec) {
        final Map<String, Object> attributes = spec.attributes();
        final List<Parameter> parameters = spec.objective().parameters(spec.model());
        final long patches = (long) spec.model().grid() * spec.model().grid();
        final long seen = number(attributes, "visible", patches) + 1;
        final long encoder = blocks(number(attributes, "depth", spec.model().depth()), seen, spec.model().width(),
                spec.model().heads());
        final long decoder = blocks(number(attributes, "decoder_depth", 0), patches + 1, width(parameters, "decoder_embed.bias"),
                number(attributes, "decoder_heads", 1));
        final long generators = size(attributes, "student_blocks") * blocks(number(attributes, "generator_depth", 0),
                number(attributes, "teacher_visible", patches) + 1, width(parameters, "generators.0.blocks.0.attn.proj.bias"),
                number(attributes, "teacher_heads", 1));
        final long relations = MATRICES_OF_A_RELATION * size(attributes, "student_blocks") * size(attributes, "relations") / 2
                * Math.max(spec.model().heads(), number(attributes, "teacher_heads", 1)) * seen * seen;
        final long pixels = 4 * patches * spec.model().patch() * spec.model().patch() * spec.model().channels();
        final long values = parameters.stream()
                .mapToLong(parameter -> LongStream.of(parameter.dimensions()).reduce(1, (a, b) -> a * b))
                .sum();
        return new StepMemory(Float.BYTES * VALUES_OF_A_PARAMETER * values,
                Float.BYTES * (encoder + decoder + generators + relations + pixels));
    }

    /** Values that {@code depth} blocks keep for one image. */
    private static long blocks(long depth, long tokens, long width, long heads) {
        return depth * (tokens * width * VECTORS_OF_A_TOKEN + SCORES_OF_A_HEAD * heads * tokens * tokens);
    }

    private static long number(Map<String, Object> attributes, String name, long otherwise) {
        return attributes.get(name) instanceof Number number ? number.longValue() : otherwise;
    }

    private static long size(Map<String, Object> attributes, String name) {
        return attributes.get(name) instanceof List<?> list ? list.size() : 0;
    }

    private static long width(List<Parameter> parameters, String name) {
        return parameters.stream().filter(parameter -> parameter.name().equals(name))
                .mapToLong(parameter -> parameter.dimensions()[0])
                .findFirst().orElse(0);
    }

    /** The same with weights that are not trained, such as a teacher's. */
    public StepMemory withFrozen(long bytes) {
        return new StepMemory(modelBytes + bytes, imageBytes);
    }

    /** Bytes of a step whose parts have {@code images} images each. */
    public long bytes(int images) {
        return modelBytes + imageBytes * images;
    }

    /**
     * The number of parts that {@code optimizer.micro-batches = auto} stands for: the smallest for which a step takes at most 70 % of the
     * memory, because the estimate is rough and other programs run beside it; 1 if the memory is not known.
     */
    public int automaticParts(int batch, OptionalLong memory) {
        return memory.isEmpty() ? 1 : parts(batch, (long) (SHARE * memory.getAsLong()));
    }

    /**
     * The smallest number of equal parts of a batch for which a step takes at most {@code limit} bytes; the batch itself if none is small enough.
     */
    public int parts(int batch, long limit) {
        for (int parts = 1; parts < batch; parts++)
            if (batch % parts == 0 && bytes(batch / parts) <= limit)
                return parts;
        return batch;
    }
}
