/**
 * The cost of runs before they begin. {@link retort.trainer.plan.RunCost} counts it from the settings, and
 * {@link retort.trainer.plan.MeasuredRate} measures the rate of a device by a few steps on random images and weights
 * ({@link retort.trainer.plan.RandomWeights}). The command {@code retort plan} calls them, and the benchmarks take the weights. Nothing
 * here talks to a broker. Counting works on any thread; measuring blocks the caller while the engine works.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.plan;
