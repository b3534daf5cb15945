package retort.trainer.settings;

import retort.settings.Section;

/**
 * When a run is saved: before its first step, after its last, and every so many between.
 *
 * @param every steps from one checkpoint to the next
 * @param atMost checkpoints a run, first and last among them; 0 for no limit
 */
public record CheckpointInterval(long every, int atMost) {
    static CheckpointInterval of(Section section) {
        final int atMost = section.integer("checkpoints-per-run", 0, Integer.MAX_VALUE);
        if (atMost == 1)
            throw section.error("checkpoints-per-run", 1, "must be 0 (no limit) or at least 2: the first and the last");
        return new CheckpointInterval(section.number("checkpoint-every", 1, Long.MAX_VALUE), atMost);
    }

    /** Steps between checkpoints of a run of {@code steps}. */
    public long stretched(long steps) {
        return atMost == 0 ? every : Math.max(every, Math.ceilDiv(steps, atMost - 1));
    }

    /** Whether the run is saved once {@code step} of {@code steps} are finished. */
    public boolean due(long step, long steps) {
        return step == steps || step % stretched(steps) == 0;
    }
}
