package retort.trainer.pipeline;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import retort.record.TrainingProgress;

/** Formats the progress of a run as one line for people. */
final class ProgressLine {
    /** A step that takes longer is told while it is computed, because nothing else in the line moves. */
    private static final Duration LONG_STEP = Duration.ofSeconds(10);

    private ProgressLine() {
    }

    /** @param stepping time for which the present step has been computed */
    static String of(TrainingProgress progress, Duration stepping) {
        final StringBuilder line = new StringBuilder(progress.getRun()).append(' ')
                .append(progress.getState().name().toLowerCase(Locale.ROOT))
                .append(String.format(Locale.ROOT, "  step %d/%d  epoch %.2f", progress.getStep(), progress.getSteps(),
                        progress.getEpoch()));
        losses(line, progress.getLosses());
        line.append(String.format(Locale.ROOT, "  lr %.2e  %.0f images/s  waiting %.0f%%", progress.getLearningRate(),
                progress.getImagesPerSecond(), progress.getWaitingShare() * 100));
        final double images = (double) (progress.getSteps() - progress.getStep()) * progress.getBatch();
        if (images > 0 && progress.getImagesPerSecond() > 0)
            line.append("  ETA ").append(time(Duration.ofSeconds(Math.round(images / progress.getImagesPerSecond()))));
        if (stepping.compareTo(LONG_STEP) > 0)
            line.append("  in step ").append(progress.getStep() + 1).append(" for ").append(time(stepping));
        return line.toString();
    }

    /** The total, and its parts if there is more than one. */
    private static void losses(StringBuilder line, Map<String, Double> losses) {
        if (losses.containsKey("total"))
            line.append(String.format(Locale.ROOT, "  loss %.4f", losses.get("total")));
        if (losses.size() > 2)
            new TreeMap<>(losses).forEach((part, value) -> {
                if (!part.equals("total"))
                    line.append(String.format(Locale.ROOT, "  %s %.4f", part, value));
            });
    }

    private static String time(Duration span) {
        return span.toHours() > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", span.toHours(), span.toMinutesPart(), span.toSecondsPart())
                : String.format(Locale.ROOT, "%d:%02d", span.toMinutesPart(), span.toSecondsPart());
    }
}
