package retort.trainer.settings;

import retort.settings.Section;

/**
 * The steps at which a run is saved: before its first step, after its last step, and at even distances between these.
 *
 * @param every number of steps from one checkpoint to the next; used if {@code perRun} is 0
 * @param perRun number of checkpoints of a run, with the first and the last; 0 to use {@code every}
 */
public record CheckpointInterval(long every, int perRun) {
    static CheckpointInterval of(Section section) {
        final int perRun = section.integer("checkpoints-per-run", 0, Integer.MAX_VALUE);
        if (perRun == 1)
            throw section.error("checkpoints-per-run", 1,
                    "must be 0 (by checkpoint-every) or at least 2: the first and the last");
        return new CheckpointInterval(section.number("checkpoint-every", 1, Long.MAX_VALUE), perRun);
    }

    /** Number of steps between two checkpoints of a run of {@code steps} steps. */
    public long of(long steps) {
        return perRun == 0 ? every : Math.ceilDiv(steps, perRun - 1);
    }

    /** True if the run is saved when {@code step} of its {@code steps} steps are finished. */
    public boolean due(long step, long steps) {
        return step == steps || step % of(steps) == 0;
    }
}
