package retort.bench;

import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code retort bench}, with every registered {@link Benchmark} as a subcommand. */
@Command(name = "retort bench", mixinStandardHelpOptions = true, description = "Measures Retort against its peers: prints a table, and as the last line one JSON object with the ratios.", footerHeading = "%nExamples:%n", footer = {
        "  retort bench step --quick                a training step against PyTorch in Python, one case",
        "  retort bench ingest --photos DIR         crops against torchvision, publishing against Kafka's producer tool",
        "  retort bench step --help                 the options of one benchmark"})
public final class Benchmarks implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private Benchmarks() {
    }

    /** The command line. The caller sets the error handlers, then executes it with the arguments that follow {@code retort bench}. */
    public static CommandLine commandLine() {
        final CommandLine line = new CommandLine(new Benchmarks());
        ServiceLoader.load(Benchmark.class).forEach(line::addSubcommand);
        return line;
    }

    /** Runs when no benchmark is named. */
    @Override
    public Integer call() {
        spec.commandLine().usage(System.err);
        return CommandLine.ExitCode.USAGE;
    }
}
