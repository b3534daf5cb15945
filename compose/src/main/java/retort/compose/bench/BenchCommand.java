package retort.compose.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;
import retort.ingest.bench.IngestBench;
import retort.trainer.bench.StepBench;

/** {@code --help} after a name is the benchmark's own. */
@Command(name = "bench", description = "Measures Retort against its peers: a table, and as the last line one JSON object with the ratios.", footer = {
        "", "  step     a training step against PyTorch in Python",
        "  ingest   crops of photographs against torchvision, publishing against Kafka's own producer tool", "",
        "Each has options of its own: retort bench NAME --help."})
public final class BenchCommand implements Callable<Integer> {
    private enum Bench {
        STEP, INGEST;

        static Stream<String> names() {
            return Stream.of(values()).map(Bench::title);
        }

        String title() {
            return name().toLowerCase(Locale.ROOT);
        }

        int run(List<String> arguments) throws Exception {
            return switch (this) {
                case STEP -> StepBench.run(arguments, System.out);
                case INGEST -> IngestBench.run(arguments, System.out, OwnBroker::start);
            };
        }
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "step or ingest")
    private String name = "";

    @Option(names = {"-h", "--help"}, description = "This, or after a name that benchmark's options.")
    private boolean help;

    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        if (name.isEmpty()) {
            spec.commandLine().usage(help ? System.out : System.err);
            return help ? 0 : 2;
        }
        final List<Bench> named = Stream.of(Bench.values()).filter(bench -> bench.title().equals(name)).toList();
        if (named.isEmpty()) {
            System.err.println("retort: no benchmark named " + name + ": there are "
                    + Bench.names().collect(Collectors.joining(" and ")));
            return 2;
        }
        return named.getFirst().run(help ? List.of("--help") : arguments);
    }
}
