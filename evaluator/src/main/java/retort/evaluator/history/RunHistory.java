package retort.evaluator.history;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import retort.record.CheckpointReady;
import retort.record.Promotion;
import retort.record.RunState;
import retort.record.TrainingProgress;

/** The known history of one run. Confined to the thread of its {@link History}. */
final class RunHistory {
    /** Checkpoints of a run that are held: those of the highest steps. */
    static final int MOST_CHECKPOINTS = 1000;
    /** Metrics by which checkpoints of a run are promoted. */
    static final int MOST_PROMOTIONS = 32;

    /** The part of an announcement that outlives the newest one. */
    record Saved(Instant at, String sha256) {
    }

    private ProgressSeries series = new ProgressSeries();
    private final NavigableMap<Long, Saved> checkpoints = new TreeMap<>();
    private final SortedMap<String, Promotion> promotions = new TreeMap<>();
    private @Nullable TrainingProgress progress;
    /** The newest announcement, for the facts of the run. */
    private @Nullable CheckpointReady facts;

    void progress(TrainingProgress latest) {
        progress = latest;
        if (latest.getStep() > 0 && !latest.getLosses().isEmpty() && latest.getState() != RunState.STARTING)
            series.add(ProgressPoint.of(latest));
    }

    void checkpoint(CheckpointReady saved) {
        facts = saved;
        checkpoints.put(saved.getStep(), new Saved(saved.getAt(), saved.getSha256()));
        if (checkpoints.size() > MOST_CHECKPOINTS)
            checkpoints.pollFirstEntry();
    }

    void deleted(long step) {
        checkpoints.remove(step);
    }

    void promotion(Promotion best) {
        if (promotions.containsKey(best.getMetric()) || promotions.size() < MOST_PROMOTIONS)
            promotions.put(best.getMetric(), best);
    }

    @Nullable
    TrainingProgress progress() {
        return progress;
    }

    @Nullable
    CheckpointReady facts() {
        return facts;
    }

    /** By step. */
    NavigableMap<Long, Saved> checkpoints() {
        return checkpoints;
    }

    List<Promotion> promotions() {
        return new ArrayList<>(promotions.values());
    }

    ProgressSeries series() {
        return series;
    }

    /** Forgets what one topic has said, before it is read again from its beginning. */
    void forgetProgress() {
        series = new ProgressSeries();
        progress = null;
    }

    void forgetCheckpoints() {
        checkpoints.clear();
        facts = null;
    }

    void forgetPromotions() {
        promotions.clear();
    }
}
