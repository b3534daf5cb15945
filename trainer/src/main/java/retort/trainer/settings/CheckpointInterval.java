package retort.trainer.settings;

import retort.settings.Section;

/**
 * The steps at which a run is saved: before its first step, after its last, and at even distances between.
 *
 * @param every steps from one checkpoint to the next, where {@code perRun} is 0
 * @param perRun checkpoints a run, first and last among them; 0 to go by {@code every}
 */
public record CheckpointInterval(long every, int perRun) {
    static CheckpointInterval of(Section section) {
        final int perRun = section.integer("checkpoints-per-run", 0, Integer.MAX_VALUE);
        if (perRun == 1)
            throw section.error("checkpoints-per-run", 1,
                    "must be 0 (by checkpoint-every) or at least 2: the first and the last");
        return new CheckpointInterval(section.number("checkpoint-every", 1, Long.MAX_VALUE), perRun);
    }

    /** Steps between two checkpoints of a run of {@code steps}. */
    public long of(long steps) {
        return perRun == 0 ? every : Math.ceilDiv(steps, perRun - 1);
    }

    /** Whether the run is saved once {@code step} of {@code steps} are finished. */
    public boolean due(long step, long steps) {
        return step == steps || step % of(steps) == 0;
    }
}
