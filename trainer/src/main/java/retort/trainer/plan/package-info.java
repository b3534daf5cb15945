/**
 * The cost of runs before they begin. {@link retort.trainer.plan.RunCost} counts it from the settings, and
 * {@link retort.trainer.plan.MeasuredRate} measures the rate of a device by a few steps on random weights and images. The command
 * {@code retort plan} is the only caller. Nothing here talks to a broker. Counting works on any thread; measuring blocks the caller
 * while the engine works.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.plan;
