/**
 * {@code retort bench step}: a training step against PyTorch in Python. Every contestant is a process of its own, and they take turns.
 * The benchmark runs on the thread that calls it, which waits for one contestant at a time. Only the process of
 * {@link retort.bench.step.JavaContestant} starts the engine.
 */
@org.jspecify.annotations.NullMarked
package retort.bench.step;
