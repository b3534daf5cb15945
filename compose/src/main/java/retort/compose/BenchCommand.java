package retort.compose;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;
import retort.bench.Benchmarks;

/**
 * Hands everything after {@code bench} to {@link Benchmarks}. That class is not a subcommand of its own, because the launcher puts the
 * benchmarks on the class path of this command alone.
 */
@Command(name = "bench", description = "Measures Retort against its peers: retort bench --help.")
final class BenchCommand implements Callable<Integer> {
    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
        return Retort.handled(Benchmarks.commandLine()).execute(arguments.toArray(String[]::new));
    }
}
