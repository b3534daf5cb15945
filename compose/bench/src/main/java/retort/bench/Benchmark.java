package retort.bench;

import java.util.concurrent.Callable;

/**
 * One benchmark. An implementation is a public class with a constructor without parameters and a picocli {@code @Command}, whose name is
 * the name of the benchmark. One line with its class name in {@code META-INF/services/retort.bench.Benchmark} registers it.
 * <p>
 * {@link #call} prints a table for people to {@link System#out}, then one JSON object as the last line, and returns 0. It throws
 * {@link BenchException} if the benchmark cannot run on this machine, and picocli's {@code ParameterException} if an option is
 * out of range.
 */
public interface Benchmark extends Callable<Integer> {
    @Override
    Integer call();
}
