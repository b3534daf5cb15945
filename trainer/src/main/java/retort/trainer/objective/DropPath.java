package retort.trainer.objective;

import static retort.trainer.objective.Agreement.require;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import retort.random.CounterRandom;
import retort.settings.Section;
import retort.trainer.learn.StepCall;
import retort.trainer.model.VitShape;
import retort.trainer.weights.HostTensor;

/**
 * Stochastic depth: in training, an image skips branches of blocks at random. Any thread.
 *
 * @param rate rate of the last block, 0 up to 1; 0 for no skips
 * @param uniform true if all blocks have this rate; otherwise it rises in even steps from 0 at the first block
 */
public record DropPath(double rate, boolean uniform) {
    /** No image skips a branch. */
    public static final DropPath NONE = new DropPath(0, false);
    /** Key of the rate. */
    public static final String RATE = "drop-path";
    /** Key of the same rate for all blocks. */
    public static final String UNIFORM = "drop-path-uniform";
    /** Keys that {@link #of} reads. */
    static final Set<String> KEYS = Set.of(RATE, UNIFORM);
    /** The keys with the values that mean the same as their absence. */
    static final Map<String, String> LATER = Map.of(RATE, "0", UNIFORM, "false");

    static DropPath of(Section run) {
        return new DropPath(run.real(RATE, 0, 0.999), run.bool(UNIFORM));
    }

    /** @throws IllegalArgumentException if the rate is not one */
    void check() {
        require(rate >= 0 && rate < 1, RATE + " = " + rate + ": must be 0 up to 1");
    }

    /** The rate of one block of {@code depth}. It is computed from the float32 of {@link #rate}, as in timm. */
    public double of(int block, int depth) {
        if (uniform)
            return (float) rate;
        return depth == 1 ? 0 : (double) (float) rate * block / (depth - 1);
    }

    /**
     * Draws the factors of the branches of one image, attention and MLP of each block, (2 * depth). A factor is 0 if the image skips the
     * branch, otherwise 1 / (1 - rate), so that the expected output stays the same. They are written to {@code into} from index
     * {@code at} on.
     */
    void draw(int depth, long seed, long step, long sampleId, float[] into, int at) {
        final CounterRandom random = CounterRandom.of(seed, "drop path", step, sampleId);
        for (int i = 0; i < 2 * depth; i++) {
            final double kept = 1 - of(i / 2, depth);
            into[at + i] = random.nextFloat() < kept ? (float) (1 / kept) : 0;
        }
    }

    /** The call of a step on masked images with the factors of a batch, (N, 2 * depth), if any image may skip a branch. */
    StepCall in(StepCall call, VitShape vit, long seed, long step, long[] sampleIds) {
        if (rate == 0)
            return call;
        final int columns = 2 * vit.depth();
        final float[] factors = new float[sampleIds.length * columns];
        for (int i = 0; i < sampleIds.length; i++)
            draw(vit.depth(), seed, step, sampleIds[i], factors, i * columns);
        return in(call, HostTensor.ofFloats(factors, sampleIds.length, columns));
    }

    /** The call of a step with given factors. */
    public static StepCall in(StepCall call, HostTensor factors) {
        final List<Object> arguments = new ArrayList<>(call.arguments());
        arguments.add(factors);
        return new StepCall("dropped_" + call.method(), arguments);
    }
}
