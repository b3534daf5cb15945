package retort.trainer.learn;

import java.util.List;
import java.util.Map;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;

/**
 * Counts the values that a step holds for one image, from the shapes alone. It errs upwards: PyTorch's profiler saw 31 to 49 % of them at
 * once in steps of {@code align} and {@code distill} on a CPU, with one teacher and two, with and without a mix or a generator.
 */
final class StepValues {
    /**
     * Vectors of the model's width that a block keeps for each token: its input, the outputs of both norms, queries, keys, values, what
     * attention gives, the sum after it, and the hidden layer before and after its activation (four widths each).
     */
    private static final int VECTORS_OF_A_TOKEN = 17;
    /** Matrices of scores that attention keeps for each head. */
    private static final int SCORES_OF_A_HEAD = 2;
    /** Matrices of numbers for each head and relation that is compared: both sides, their softmax, and what their distance keeps. */
    private static final int MATRICES_OF_A_RELATION = 6;
    /**
     * Vectors of the teacher's width for each token that is compared, beside the teacher's own: the standardised one, the projected
     * feature, both scaled to unit length, and what their distance keeps.
     */
    private static final int VECTORS_OF_A_COMPARISON = 5;
    /** Vectors that a block holds for a token where nothing is kept for a gradient: its input, a norm, and the hidden layer twice. */
    private static final int VECTORS_OF_A_FROZEN_TOKEN = 10;
    private static final String SECOND = "second.";

    private final LearnerSpec spec;
    private final Map<String, Object> attributes;
    private final List<Parameter> parameters;
    private final long patches;
    /** Tokens that the student sees. */
    private final long seen;

    StepValues(LearnerSpec spec) {
        this.spec = spec;
        this.attributes = spec.attributes();
        this.parameters = spec.objective().parameters(spec.model());
        this.patches = spec.model().patches();
        this.seen = number("visible", patches) + 1 + (first(parameters, Parameters.DISTILLATION_TOKEN) > 0 ? 1 : 0);
    }

    /** Values of all parameters of the model. */
    long ofParameters() {
        return parameters.stream().mapToLong(Parameter::elements).sum();
    }

    /** A teacher runs beside the student's encoder, and before anything that follows it. */
    long ofAnImage() {
        final long pixels = patches * spec.model().patch() * spec.model().patch() * spec.model().channels();
        final long encoder = blocks(depth(), seen, spec.model().width(), spec.model().heads());
        return 4 * pixels + encoder + relations() + features() + mix() + Math.max(frozen(), decoder() + generators());
    }

    private long depth() {
        return number("depth", spec.model().depth());
    }

    private long decoder() {
        return blocks(number("decoder_depth", 0), patches + 1, first(parameters, "decoder_embed.bias"),
                number("decoder_heads", 1));
    }

    private long generators() {
        return size("student_blocks") * blocks(number("generator_depth", 0), taughtTokens(),
                first(parameters, "generators.0.blocks.0.attn.proj.bias"), number("teacher_heads", 1));
    }

    private long relations() {
        return MATRICES_OF_A_RELATION * size("student_blocks") * size("relations") / 2
                * Math.max(spec.model().heads(), number("teacher_heads", 1)) * seen * seen;
    }

    /** All blocks of the student in one tensor, their mixes, and the gradients of both. */
    private long mix() {
        final long levels = size("teacher_blocks") + size("second_blocks");
        return Boolean.TRUE.equals(attributes.get("mixed")) ? 2 * (depth() + levels) * seen * spec.model().width() : 0;
    }

    /** The features that teachers give, and those of the student that they are compared with. Relations are counted apart. */
    private long features() {
        if (size("relations") > 0)
            return 0;
        final long compared = number("generator_depth", 0) > 0 ? taughtTokens() : seen;
        return size("teacher_blocks") * teacherWidth("") * (taughtTokens() + VECTORS_OF_A_COMPARISON * compared)
                + size("second_blocks") * teacherWidth(SECOND) * (taughtTokens() + VECTORS_OF_A_COMPARISON * compared)
                + (number("teacher_decoder_depth", 0) > 0
                        ? teacherDecoderWidth() * (1 + VECTORS_OF_A_COMPARISON) * (patches + 1)
                        : 0);
    }

    /** The largest block of a teacher: nothing of it is kept for a gradient, so there is one at a time. */
    private long frozen() {
        return VECTORS_OF_A_FROZEN_TOKEN * Math.max((patches + 1) * teacherDecoderWidth(),
                taughtTokens() * Math.max(teacherWidth(""), teacherWidth(SECOND)));
    }

    /** Tokens that a teacher sees. */
    private long taughtTokens() {
        return number("teacher_visible", patches) + 1;
    }

    /** 0 if there is no such teacher. */
    private long teacherWidth(String prefix) {
        return first(spec.objective().teacherParameters(), prefix + "patch_embed.proj.bias");
    }

    private long teacherDecoderWidth() {
        return first(spec.objective().teacherParameters(), "decoder_embed.bias");
    }

    /** Values that {@code depth} blocks keep. */
    private static long blocks(long depth, long tokens, long width, long heads) {
        return depth * (tokens * width * VECTORS_OF_A_TOKEN + SCORES_OF_A_HEAD * heads * tokens * tokens);
    }

    private long number(String name, long otherwise) {
        return attributes.get(name) instanceof Number number ? number.longValue() : otherwise;
    }

    private long size(String name) {
        return attributes.get(name) instanceof List<?> list ? list.size() : 0;
    }

    /** The first dimension of a parameter; 0 if there is none of this name. */
    private static long first(List<Parameter> parameters, String name) {
        return parameters.stream().filter(parameter -> parameter.name().equals(name))
                .mapToLong(parameter -> parameter.dimensions()[0])
                .findFirst().orElse(0);
    }
}
