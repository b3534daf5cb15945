package retort.evaluator.history;

import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import retort.record.TrainingProgress;

/**
 * The progress of a run over some steps that follow each other.
 *
 * @param step the last of these steps; all figures but the extremes of the losses are those of this step
 * @param gradientNorm null where it was not computed
 * @param losses by part: total, reconstruction, distillation, classification
 */
record ProgressPoint(long step, Instant at, double epoch, double learningRate, double imagesPerSecond, double waitingShare,
        @Nullable Double gradientNorm, SortedMap<String, Range> losses) {
    /** Parts of a loss that are held. More come only from a program that is not Retort. */
    private static final int MOST_LOSSES = 8;

    /** The lowest, the highest and the last value over the steps of a point. */
    record Range(double min, double max, double last) {
        private Range then(Range later) {
            return new Range(Math.min(min, later.min), Math.max(max, later.max), later.last);
        }
    }

    static ProgressPoint of(TrainingProgress progress) {
        final SortedMap<String, Range> losses = new TreeMap<>();
        progress.getLosses().forEach((part, loss) -> {
            if (losses.size() < MOST_LOSSES)
                losses.put(Bounds.name(part), new Range(loss, loss, loss));
        });
        return new ProgressPoint(progress.getStep(), progress.getAt(), progress.getEpoch(), progress.getLearningRate(),
                progress.getImagesPerSecond(), progress.getWaitingShare(), progress.getGradientNorm(), losses);
    }

    /** This point and the one behind it as one. */
    ProgressPoint then(ProgressPoint later) {
        final SortedMap<String, Range> both = new TreeMap<>(losses);
        later.losses.forEach((part, range) -> both.merge(part, range, Range::then));
        return new ProgressPoint(later.step, later.at, later.epoch, later.learningRate, later.imagesPerSecond,
                later.waitingShare, later.gradientNorm, both);
    }
}
