package retort.trainer.pipeline;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import retort.record.TrainingProgress;

/** Formats the progress of a run as one line for people. */
final class ProgressLine {
    private ProgressLine() {
    }

    static String of(TrainingProgress progress) {
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

    private static String time(Duration left) {
        return left.toHours() > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", left.toHours(), left.toMinutesPart(), left.toSecondsPart())
                : String.format(Locale.ROOT, "%d:%02d", left.toMinutesPart(), left.toSecondsPart());
    }
}
