package retort.compose.plan;

import java.util.Locale;
import java.util.Optional;
import retort.record.Stream;
import retort.trainer.plan.MeasuredRate;
import retort.trainer.plan.RunCost;
import retort.trainer.settings.Epochs;

/**
 * The cost of a run as lines for people.
 *
 * @param recordBytes bytes of records that are fetched ahead
 */
record PlanText(RunCost cost, Stream stream, long recordBytes) {
    private static final double GIGA = 1e9;
    private static final double MEBI = 1 << 20;
    private static final double HOUR = 3600;
    private static final int MANY_HOURS = 72;

    String of(Optional<MeasuredRate> rate, String device) {
        final StringBuilder text = new StringBuilder();
        line(text, "run", "%s: %s, %s", cost.run().name(), cost.run().objective().name(), cost.spec().precision());
        line(text, "steps", "%,d of %,d images%s: %,d images", cost.run().steps(), cost.run().batch(), epochs(), cost.images());
        cost.operations().ifPresentOrElse(
                operations -> line(text, "operations", "%.1f GFLOP an image, %.3g FLOP in all", operations / GIGA,
                        (double) operations * cost.images()),
                () -> line(text, "operations", "not counted by this objective"));
        line(text, "broker", "%.1f GB of pixels are read, %.1f kB an image", cost.pixelBytes() / GIGA, cost.imageBytes() / 1e3);
        final RunCost.Memory memory = cost.memory();
        line(text, "memory",
                "%,.0f MiB: weights, gradients and optimiser %,.0f, copy for checkpoints %,.0f, teacher %,.0f, pixels %,.0f, records %,.0f;"
                        + " activations and the heap come on top",
                (memory.total() + recordBytes) / MEBI, memory.state() / MEBI, memory.copy() / MEBI, memory.teacher() / MEBI,
                memory.pixels() / MEBI, recordBytes / MEBI);
        rate.ifPresent(measured -> line(text, "time",
                "%s on %s: %.4g images/s, measured with %d images a step; ingest must deliver"
                        + " as many",
                duration(cost.images() / measured.imagesPerSecond()), device, measured.imagesPerSecond(),
                measured.images()));
        return text.append('\n').toString();
    }

    private String epochs() {
        final Long samples = stream.getSamplesPerEpoch();
        return cost.run().epochs().map(Epochs::number)
                .map(number -> String.format(Locale.ROOT, ", %s epochs of %,d images", shortest(number), samples)).orElse("");
    }

    private static String shortest(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    private static String duration(double seconds) {
        final double hours = seconds / HOUR;
        return hours > MANY_HOURS
                ? String.format(Locale.ROOT, "%,.1f days", hours / 24)
                : hours >= 1
                        ? String.format(Locale.ROOT, "%.1f hours", hours)
                        : String.format(Locale.ROOT, "%.1f minutes", seconds / 60);
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation is in no dependency
    private static void line(StringBuilder text, String label, String format, Object... values) {
        text.append(String.format(Locale.ROOT, "%-12s", label)).append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
