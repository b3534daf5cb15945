package retort.compose.study;

import com.typesafe.config.Config;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import retort.ingest.source.SourceException;
import retort.trainer.TrainerService;
import retort.trainer.engine.Engine;
import retort.trainer.learn.Precision;
import retort.trainer.plan.MeasuredRate;
import retort.trainer.plan.RunCost;

/** The cost of a study before it begins, as lines for people. Main thread; needs no broker. */
record StudyPlan(Study study, Config config) {
    /** A row for all runs that differ in their seed alone. */
    private static final class Row {
        private final RunCost cost;
        private int runs;
        private Optional<MeasuredRate> rate = Optional.empty();

        Row(RunCost cost) {
            this.cost = cost;
        }

        double seconds() {
            return rate.map(measured -> runs * cost.images() / measured.imagesPerSecond()).orElse(0.0);
        }
    }

    /**
     * @param measured true to take a few steps of each kind of run and to print the time
     * @throws SourceException if a run is measured in epochs, or classifies, and the source cannot be listed
     */
    List<String> lines(boolean measured) throws IOException, SourceException {
        final Map<String, Row> rows = new LinkedHashMap<>();
        if (measured)
            try (Engine engine = TrainerService.engine(config)) {
                count(rows, Precision.fastOn(engine.device()));
                rows.values().forEach(row -> row.rate = Optional.of(MeasuredRate.of(engine, row.cost.spec(),
                        row.cost.run().batch() / row.cost.run().optimizer().microBatches())));
            }
        else
            count(rows, Precision.FLOAT32);
        return text(rows, measured);
    }

    private void count(Map<String, Row> rows, Precision precision) throws IOException, SourceException {
        for (final RunCost cost : StudyCheck.of(study, config).costs(precision))
            rows.computeIfAbsent(study.run(cost.run().name()).family(), name -> new Row(cost)).runs++;
    }

    private List<String> text(Map<String, Row> rows, boolean measured) {
        final StudySettings settings = study.settings();
        final List<String> lines = new ArrayList<>();
        lines.add(study.cells().size() + " cells x " + settings.seeds().size() + " seeds: "
                + settings.grid().stream().map(axis -> axis.name() + " " + axis.values().stream().map(Axis.Value::name).toList())
                        .toList());
        study.cells().forEach(cell -> lines.add("  " + cell + ": "
                + String.join(", ",
                        cell.runs().getOrDefault(settings.seeds().getFirst(), Map.of()).values().stream().sorted().toList())));
        lines.add("");
        final int width = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
        final String form = "%-" + Math.max(width, 3) + "s  %4s  %8s  %5s  %12s  %10s%s";
        lines.add(String.format(Locale.ROOT, form, "run", "runs", "steps", "batch", "images each", "GFLOP/image",
                measured ? "    images/s  all of them" : ""));
        rows.forEach((name, row) -> lines.add(String.format(Locale.ROOT, form, name, row.runs, row.cost.run().steps(),
                row.cost.run().batch(), row.cost.images(), row.cost.operations().isPresent()
                        ? String.format(Locale.ROOT, "%.3f", row.cost.operations().getAsLong() / 1e9)
                        : "-",
                row.rate.map(rate -> String.format(Locale.ROOT, "  %10.4g  %s", rate.imagesPerSecond(), time(row.seconds())))
                        .orElse(""))));
        final long images = rows.values().stream().mapToLong(row -> row.runs * row.cost.images()).sum();
        final long bytes = rows.values().stream().mapToLong(row -> row.cost.pixelBytes()).max().orElse(0);
        lines.add("");
        lines.add(String.format(Locale.ROOT, "%d runs see %d images; the longest reads %.2f GB from the broker",
                study.runs().size(),
                images, bytes / 1e9));
        if (measured)
            lines.add("training takes " + time(rows.values().stream().mapToDouble(Row::seconds).sum())
                    + " on this device; evaluation comes on top");
        return lines;
    }

    private static String time(double seconds) {
        return StudyProgress.duration(Duration.ofSeconds(Math.round(seconds)));
    }
}
