package retort.compose;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;
import retort.trainer.bench.StepBench;

@Command(name = "bench", description = {
        "Measures Retort against its peers: a table, and as the last line one JSON object with the ratios.",
        "  step     a training step against PyTorch in Python", "It has options of its own: retort bench step --help."})
final class BenchCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "NAME", description = "step")
    private String name = "";

    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        if (name.equals("step"))
            return StepBench.run(arguments, System.out);
        System.err.println("retort: no benchmark named " + name + ": there is step");
        return 2;
    }
}
