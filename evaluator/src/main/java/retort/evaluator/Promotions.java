package retort.evaluator;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import retort.evaluator.feed.Yardstick;
import retort.evaluator.suite.Figure;
import retort.record.CheckpointReady;
import retort.record.Evaluation;
import retort.record.Promotion;

/**
 * Decides which checkpoint of a run is its best so far, by the headline figure of a suite. Only figures with equal settings hashes are
 * compared. Any thread may call it.
 */
final class Promotions {
    private final Map<String, Figure> figures;
    private final Map<Contest, Double> best = new ConcurrentHashMap<>();

    /** Identifies the figures that may be compared. */
    private record Contest(String run, String suite, String settingsHash) {
        static Contest of(Evaluation evaluation) {
            return new Contest(evaluation.getRun(), evaluation.getSuite(), evaluation.getSettingsHash());
        }
    }

    /** @param figures headline figure by name of the suite; evaluations of other suites promote nothing */
    Promotions(Map<String, Figure> figures) {
        this.figures = Map.copyOf(figures);
    }

    /** Forgets every figure. */
    void clear() {
        best.clear();
    }

    /** Takes a published evaluation into account. */
    void remember(Evaluation evaluation) {
        final Figure figure = figures.get(evaluation.getSuite());
        final Double value = value(evaluation, figure);
        if (figure != null && value != null)
            best.merge(Contest.of(evaluation), value, (old, now) -> figure.improves(now, old) ? now : old);
    }

    /** The promotion of {@code checkpoint} if this evaluation makes it the best of its run so far. Changes nothing. */
    Optional<Promotion> by(Evaluation evaluation, CheckpointReady checkpoint) {
        final Figure figure = figures.get(evaluation.getSuite());
        final Double value = value(evaluation, figure);
        if (figure == null || value == null)
            return Optional.empty();
        final Double present = best.get(Contest.of(evaluation));
        if (present != null && !figure.improves(value, present))
            return Optional.empty();
        return Optional.of(Promotion.newBuilder().setRun(evaluation.getRun())
                .setMetric(evaluation.getSuite() + "." + figure.metric()).setStep(evaluation.getStep()).setValue(value)
                .setUri(checkpoint.getUri()).setSha256(checkpoint.getSha256()).setAt(Instant.now()).build());
    }

    /** @return the headline value, or null if there is none that can be compared */
    private static @Nullable Double value(Evaluation evaluation, @Nullable Figure figure) {
        final Double value = figure == null || Yardstick.is(evaluation) ? null : evaluation.getMetrics().get(figure.metric());
        return value == null || value.isNaN() ? null : value;
    }
}
