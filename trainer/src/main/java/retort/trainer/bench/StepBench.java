package retort.trainer.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * {@code retort bench step}: what a training step costs, beside PyTorch in Python on the same machine in the same minutes. All
 * contestants of a case are started first; then they step in turns, so that a busy minute hits them alike, and medians are
 * compared. The matrix products of the step take turns with them: what those reach alone is what the machine has to give.
 */
public final class StepBench {
    private static final ObjectMapper JSON = new ObjectMapper();

    private StepBench() {
    }

    /**
     * @param out for people; its last line is one JSON object for programs
     * @return exit code
     * @throws BenchException for wrong options, too little disk, or a contestant that fails
     */
    public static int run(List<String> args, PrintStream out) {
        if (args.contains("--help")) {
            out.println(StepBenchOptions.USAGE);
            return 0;
        }
        final StepBenchOptions options = StepBenchOptions.parse(args);
        final Python python = new Python(options.pythonDirectory());
        final Set<Contestant> contestants = contestants(options);
        if (contestants.stream().anyMatch(each -> !each.kind().equals("retort")))
            python.install(out);
        options.mallocs().forEach(malloc -> malloc.prepare(new TreeMap<>())); // better now than in an hour
        final StepBenchReport report = new StepBenchReport(options, out);
        report.begin();
        final List<StepResult> results = new ArrayList<>();
        for (final StepCase step : options.cases())
            for (final Malloc malloc : options.mallocs()) {
                final StepResult result = measure(options, python, contestants, step, malloc);
                results.add(result);
                report.add(result);
            }
        report.end(results);
        return 0;
    }

    /** Those asked for, and the rates that they are measured by. */
    private static Set<Contestant> contestants(StepBenchOptions options) {
        final EnumSet<Contestant> all = EnumSet.copyOf(options.contestants());
        options.contestants().forEach(each -> all.add(each.rate()));
        return all;
    }

    private static StepResult measure(StepBenchOptions options, Python python, Set<Contestant> contestants, StepCase step,
            Malloc malloc) {
        final Map<Contestant, ContestantProcess> running = new EnumMap<>(Contestant.class);
        final Map<Contestant, List<Double>> seconds = new EnumMap<>(Contestant.class);
        final Map<Contestant, Long> peaks = new EnumMap<>(Contestant.class);
        try {
            for (final Contestant each : contestants) {
                final ProcessBuilder command = command(python, each, describe(options, each, step));
                malloc.prepare(command.environment());
                running.put(each, ContestantProcess.start(each.title(), command));
                seconds.put(each, new ArrayList<>());
            }
            running.values().forEach(ContestantProcess::step); // the first step allocates, and is another
            running.values().forEach(ContestantProcess::resetPeak);
            for (int round = 0; round < options.rounds(); round++)
                running.forEach((each, process) -> seconds.getOrDefault(each, new ArrayList<>()).add(process.step()));
            running.forEach((each, process) -> process.peakBytes().ifPresent(bytes -> peaks.put(each, bytes)));
        } finally {
            running.values().forEach(ContestantProcess::close);
        }
        return new StepResult(step, malloc, seconds, peaks);
    }

    private static ProcessBuilder command(Python python, Contestant contestant, String description) {
        return contestant.kind().equals("retort") ? JavaContestant.process(description) : python.contestant(description);
    }

    private static String describe(StepBenchOptions options, Contestant contestant, StepCase step) {
        final Map<String, Object> description = new TreeMap<>(Map.of("contestant", contestant.kind(), "precision",
                contestant.precision(), "batch", step.batch(), "mask", step.maskRatio(), "visible", step.visible(), "decoder",
                step.decoderDepth(), "threads", options.threads(), "device", options.device()));
        if (contestant.isRate())
            description.put("products", step.products().stream()
                    .map(product -> List.of(product.rows(), product.inner(), product.columns(), product.times())).toList());
        try {
            return JSON.writeValueAsString(description);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
