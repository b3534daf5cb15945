package retort.bench.step;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import retort.bench.Benchmark;
import retort.bench.ContestantProcess;
import retort.bench.Python;
import retort.trainer.learn.LearnerSpec;
import retort.trainer.learn.Precision;

/**
 * {@code retort bench step}: compares the time of a training step with PyTorch in Python, on the same machine at the same time. All
 * contestants of a case are started first. Then they step in turns, so that a busy minute slows all of them, and their medians are
 * compared. The matrix products of the step take turns with them, because their rate is the limit of the machine.
 */
@Command(name = "step", mixinStandardHelpOptions = true, sortOptions = false, description = "A training step of Retort against PyTorch in Python.", footerHeading = "%nExamples:%n", footer = {
        "  retort bench step --quick",
        "  retort bench step --batch 32 --decoder 8 --mask 0.75 --contestants retort-float32,lean-float32",
        "  retort bench step --device cuda:0"})
public final class StepBench implements Benchmark {
    @Mixin
    private StepOptions options = new StepOptions();

    @Override
    public Integer call() {
        options.validate();
        final PrintStream out = System.out;
        final Set<Contestant> contestants = contestants();
        options.mallocs().forEach(malloc -> malloc.prepare(new TreeMap<>())); // fails now rather than in an hour
        if (contestants.stream().anyMatch(each -> !each.kind().equals("retort")))
            options.python().install(out);
        final StepReport report = new StepReport(options, out);
        report.begin();
        final List<StepResult> results = new ArrayList<>();
        for (final StepCase step : options.cases())
            for (final Malloc malloc : options.mallocs()) {
                final StepResult result = measure(contestants, step, malloc);
                results.add(result);
                report.add(result);
            }
        report.end(results);
        return 0;
    }

    StepOptions options() {
        return options;
    }

    /** The contestants that are asked for, and the matrix products of the same precision. */
    private Set<Contestant> contestants() {
        final EnumSet<Contestant> all = EnumSet.copyOf(options.contestants());
        options.contestants().forEach(each -> all.add(each.rate()));
        return all;
    }

    private StepResult measure(Set<Contestant> contestants, StepCase step, Malloc malloc) {
        final Map<Contestant, ContestantProcess> running = new EnumMap<>(Contestant.class);
        final Map<Contestant, List<Double>> seconds = new EnumMap<>(Contestant.class);
        final Map<Contestant, Long> peaks = new EnumMap<>(Contestant.class);
        try {
            for (final Contestant each : contestants) {
                final ProcessBuilder command = command(options.python(), each, describe(each, step));
                malloc.prepare(command.environment());
                running.put(each, ContestantProcess.start(each.title(), command));
                seconds.put(each, new ArrayList<>());
            }
            running.values().forEach(process -> process.run(0)); // the first step also allocates
            running.values().forEach(ContestantProcess::resetPeak);
            for (int round = 0; round < options.rounds(); round++)
                running.forEach((each, process) -> seconds.getOrDefault(each, new ArrayList<>()).add(process.run(0).seconds()));
            running.forEach((each, process) -> process.peakBytes().ifPresent(bytes -> peaks.put(each, bytes)));
        } finally {
            running.values().forEach(ContestantProcess::close);
        }
        return new StepResult(step, malloc, seconds, peaks);
    }

    /** Adds the tensors of the program and a file with its archive, which the contestant reads when it starts. */
    private static void describeProgram(Contestant contestant, StepCase step, Map<String, Object> description) {
        final LearnerSpec spec = step.spec(Precision.valueOf(contestant.precision().toUpperCase(Locale.ROOT)));
        description.putAll(ProgramCase.describe(step, spec));
        try {
            final Path archive = Files.createTempFile("retort-program", ".pt");
            archive.toFile().deleteOnExit();
            Files.write(archive, spec.archive());
            description.put("program", archive.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("the program cannot be written to a temporary file", e);
        }
    }

    private static ProcessBuilder command(Python python, Contestant contestant, Map<String, Object> description) {
        return contestant.kind().equals("retort")
                ? JavaContestant.process(description)
                : python.contestant(StepBench.class, "step_contestant.py", description, "program_step.py");
    }

    private Map<String, Object> describe(Contestant contestant, StepCase step) {
        final Map<String, Object> description = new TreeMap<>(Map.of("contestant", contestant.kind(), "precision",
                contestant.precision(), "models", StepOptions.name(step.models()), "batch", step.batch(), "mask",
                step.maskRatio(),
                "visible", step.visible(), "decoder", step.decoderDepth(), "threads", options.threads(), "device",
                options.device()));
        if (contestant.kind().equals("program"))
            describeProgram(contestant, step, description);
        if (contestant.isRate())
            description.put("products", step.products().stream()
                    .map(product -> List.of(product.rows(), product.inner(), product.columns(), product.times())).toList());
        return description;
    }
}
