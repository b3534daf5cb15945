/**
 * {@code retort bench}: benchmarks of Retort beside the programs that people would use instead. A benchmark is a picocli command that
 * implements {@link retort.bench.Benchmark} and is named in {@code META-INF/services/retort.bench.Benchmark}.
 * <p>
 * This package holds the parts that benchmarks share: a folder with Python packages ({@link retort.bench.Python}), the protocol of a
 * contestant that runs in a process of its own ({@link retort.bench.ContestantProcess}), and the comparison of rounds
 * ({@link retort.bench.Rounds}). The contestants take turns in one run, because a busy machine then slows all of them alike; so only
 * the ratios mean something on another machine.
 * <p>
 * Benchmarks run on the thread that calls them. No service has this module on its class path.
 */
@org.jspecify.annotations.NullMarked
package retort.bench;
