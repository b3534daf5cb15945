package retort.bench.step;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import retort.bench.Python;

/** Prints the table while the benchmark runs, and one JSON object at its end. */
final class StepReport {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final StepOptions options;
    private final PrintStream out;
    private final String machine = processor() + ", " + Runtime.getRuntime().availableProcessors() + " processors";

    StepReport(StepOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    void begin() {
        out.printf(Locale.ROOT,
                "One training step on images of 224 px, decoder 512 wide%n");
        out.printf(Locale.ROOT, "on %s, device %s, %d threads each, PyTorch %s on both sides; medians of %d rounds in turns%n",
                machine,
                options.device(), options.threads(), Python.TORCH, options.rounds());
    }

    void add(StepResult result) {
        out.printf(Locale.ROOT, "%n%s; %s (%.1f GFLOP)%n", result.step(), result.malloc().title(),
                result.step().operations() / 1e9);
        out.printf(Locale.ROOT, "  %-28s %9s %9s %10s %9s %10s%n", "", "s/step", "fastest", "images/s", "of rate",
                "peak MiB");
        for (final Contestant each : options.contestants()) {
            final double median = result.median(each).orElseThrow();
            final String share = each.kind().equals("authors") ? "" : "%.2f".formatted(result.share(each));
            final String peak = result.peak(each).isPresent() ? Long.toString(result.peak(each).getAsLong() >> 20) : "";
            out.printf(Locale.ROOT, "  %-28s %9.3f %9.3f %10.1f %9s %10s%n", each.title(), median,
                    result.fastest(each).orElseThrow(), result.step().batch() / median, share, peak);
        }
        for (final Contestant rate : options.contestants().stream().map(Contestant::rate).distinct().toList())
            out.printf(Locale.ROOT, "  %-28s %9.3f %9.3f %31s%n", rate.title(), result.median(rate).orElseThrow(),
                    result.fastest(rate).orElseThrow(), "%.0f GFLOP/s".formatted(result.rate(rate) / 1e9));
        result.ratios()
                .forEach((ratio, value) -> out.printf(Locale.ROOT, "  %-42s %5.2fx (goal %.2f%s)%n", ratio.title, value,
                        ratio.goal,
                        ratio == StepResult.Ratio.BFLOAT16_OF_AUTHORS ? " at batch 32" : ""));
        result.memoryRatios()
                .forEach((pair, value) -> out.printf(Locale.ROOT, "  %-42s %5.2fx (goal at most 1.10)%n", pair, value));
        out.flush();
    }

    void end(List<StepResult> results) {
        final ObjectNode json = JSON.createObjectNode().put("bench", "step").put("machine", machine)
                .put("device", options.device()).put("threads", options.threads()).put("torch", Python.TORCH)
                .put("java", System.getProperty("java.vm.version")).put("rounds", options.rounds());
        final ArrayNode cases = json.putArray("results");
        results.forEach(result -> cases.add(json(result)));
        out.printf(Locale.ROOT, "%n%s%n", json);
    }

    private static ObjectNode json(StepResult result) {
        final StepCase step = result.step();
        final ObjectNode json = JSON.createObjectNode().put("models", StepOptions.name(step.models())).put("batch", step.batch())
                .put("maskRatio", step.maskRatio())
                .put("decoderBlocks", step.decoderDepth()).put("malloc", StepOptions.name(result.malloc()))
                .put("operations", step.operations());
        final ObjectNode seconds = json.putObject("seconds");
        final ObjectNode rounds = json.putObject("secondsByRound");
        final ObjectNode shares = json.putObject("shareOfMatrixRate");
        final ObjectNode rates = json.putObject("matrixRate");
        final ObjectNode peaks = json.putObject("peakBytes");
        for (final Contestant each : result.seconds().keySet()) {
            seconds.put(StepOptions.name(each), result.median(each).orElseThrow());
            result.seconds().getOrDefault(each, List.of()).forEach(rounds.withArray(StepOptions.name(each))::add);
            if (each.isRate())
                rates.put(each.precision(), result.rate(each));
            else if (!each.kind().equals("authors"))
                shares.put(StepOptions.name(each), result.share(each));
            result.peak(each).ifPresent(bytes -> peaks.put(StepOptions.name(each), bytes));
        }
        final ObjectNode ratios = json.putObject("ratios");
        result.ratios().forEach((ratio, value) -> ratios.put(ratio.name().toLowerCase(Locale.ROOT), value));
        final ObjectNode memory = json.putObject("memoryRatios");
        result.memoryRatios().forEach(memory::put);
        return json;
    }

    private static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream().filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip()).findFirst().orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.name") + " " + System.getProperty("os.arch");
        }
    }
}
