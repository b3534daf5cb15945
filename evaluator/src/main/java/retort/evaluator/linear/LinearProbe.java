package retort.evaluator.linear;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import retort.random.CounterRandom;
import retort.trainer.engine.Engine;

/**
 * The head of a linear probe: batch norm without learned scale, then a linear layer. Matrix products run on the engine. The parameters
 * are arrays on the heap, so the head needs no close. Only the engine's thread may call it.
 */
public final class LinearProbe {
    private static final double EPSILON = 1e-6;
    private static final double NEWEST = 0.1; // share of a batch in the running statistics, torch's momentum
    private static final double INITIAL_DEVIATION = 0.01;
    private static final int[] ROWS = {0};

    private final Engine engine;
    private final Lars lars;
    private final State state;
    private final float[] weightVelocity;
    private final float[] biasVelocity;

    /**
     * The parameters and the running statistics of the batch norm.
     *
     * @param weight shape (classes, width), row-major
     * @param bias shape (classes)
     * @param mean running mean, shape (width)
     * @param variance running variance, shape (width)
     */
    @SuppressWarnings("ArrayRecordComponent") // only carries data, never compared
    record State(float[] weight, float[] bias, float[] mean, float[] variance) {
        int width() {
            return mean.length;
        }

        int classes() {
            return bias.length;
        }
    }

    /** @param state initial state; every step changes it in place */
    LinearProbe(Engine engine, Lars lars, State state) {
        this.engine = engine;
        this.lars = lars;
        this.state = state;
        this.weightVelocity = new float[state.weight().length];
        this.biasVelocity = new float[state.bias().length];
    }

    /** A head whose weights are drawn from a normal distribution with deviation 0.01, as in MAE. Its biases are 0. */
    public static LinearProbe draw(Engine engine, int width, int classes, Lars lars, long seed) {
        final float[] weight = new float[Math.multiplyExact(width, classes)];
        final CounterRandom random = CounterRandom.of(seed, "linear-probe", 0, 0);
        for (int i = 0; i < weight.length; i++)
            weight[i] = (float) (INITIAL_DEVIATION * random.nextGaussian());
        final float[] variance = new float[width];
        Arrays.fill(variance, 1);
        return new LinearProbe(engine, lars, new State(weight, new float[classes], new float[width], variance));
    }

    /**
     * Trains on one batch.
     *
     * @param rows features, shape (N, width), row-major, N at least 2
     * @param labels class of each row, 0 to classes - 1; shape (N)
     * @param rate learning rate
     * @return the mean cross-entropy of the batch before the step
     */
    public double step(float[] rows, int[] labels, double rate) {
        engine.requireThread();
        final int count = labels.length;
        if (count < 2)
            throw new IllegalArgumentException("batch norm needs two rows or more, not " + count);
        try (NDManager call = engine.manager().newSubManager()) {
            final NDArray features = call.create(rows, new Shape(count, state.width()));
            final NDArray mean = features.mean(ROWS);
            final NDArray centred = features.sub(mean);
            final NDArray variance = centred.square().mean(ROWS);
            final NDArray normal = centred.div(variance.add(EPSILON).sqrt());
            final NDArray logs = logits(call, normal).logSoftmax(1);
            final NDArray right = call.create(oneHot(labels), new Shape(count, state.classes()));
            final double loss = -logs.mul(right).sum().getFloat() / count;
            final NDArray slope = logs.exp().sub(right).div(count);
            final float[] weightGradient = slope.transpose().matMul(normal).toFloatArray();
            final float[] biasGradient = slope.sum(ROWS).toFloatArray();
            blend(state.mean(), mean.toFloatArray(), 1);
            blend(state.variance(), variance.toFloatArray(), (double) count / (count - 1)); // torch keeps the unbiased variance
            lars.step(state.weight(), weightGradient, weightVelocity, rate, true);
            lars.step(state.bias(), biasGradient, biasVelocity, rate, false);
            return loss;
        }
    }

    /** The logits of {@code count} rows, with the running statistics; shape (count, classes), row-major. */
    public float[] logits(float[] rows, int count) {
        engine.requireThread();
        try (NDManager call = engine.manager().newSubManager()) {
            final NDArray features = call.create(rows, new Shape(count, state.width()));
            final NDArray mean = call.create(state.mean());
            final NDArray deviation = call.create(state.variance()).add(EPSILON).sqrt();
            return logits(call, features.sub(mean).div(deviation)).toFloatArray();
        }
    }

    private NDArray logits(NDManager call, NDArray normal) {
        final NDArray weight = call.create(state.weight(), new Shape(state.classes(), state.width()));
        return normal.matMul(weight.transpose()).add(call.create(state.bias()));
    }

    private float[] oneHot(int[] labels) {
        final float[] right = new float[labels.length * state.classes()];
        for (int i = 0; i < labels.length; i++)
            right[i * state.classes() + labels[i]] = 1;
        return right;
    }

    private static void blend(float[] running, float[] newest, double scale) {
        for (int i = 0; i < running.length; i++)
            running[i] = (float) ((1 - NEWEST) * running[i] + NEWEST * scale * newest[i]);
    }
}
