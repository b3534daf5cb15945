package retort.evaluator.suite;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import retort.record.CheckpointReady;
import retort.settings.Section;
import retort.trainer.objective.Objectives;

/**
 * The checkpoints that a suite scores, and the number of images that it scores them with. Every suite has these settings beside its own;
 * a suite whose section has none of them scores all checkpoints with all images. None of them counts in the settings hash, except that
 * scores of a part of the images have another hash than scores of all.
 *
 * @param checkpoints the checkpoints of each run
 * @param every checkpoints whose step is a multiple of this number are scored, and the last one of the run
 * @param subset number of images of the scored stream; 0 for all
 * @param objectives the objectives of the runs that are scored; empty for all
 */
record Cadence(Checkpoints checkpoints, long every, int subset, Set<String> objectives) {
    static final Set<String> KEYS = Set.of("checkpoints", "every", "subset", "objectives");
    private static final Cadence ALL = new Cadence(Checkpoints.ALL, 1, 0, Set.of());

    Cadence {
        objectives = Set.copyOf(objectives);
    }

    /** The checkpoints of each run. */
    enum Checkpoints {
        ALL("all"), LATEST("latest"), LAST("last");

        private final String word;

        Checkpoints(String word) {
            this.word = word;
        }

        /** The word in the settings. */
        @Override
        public String toString() {
            return word;
        }
    }

    /** @throws retort.settings.SettingException if a value is not allowed */
    static Cadence of(Section suite) {
        return new Cadence(
                suite.has("checkpoints") ? suite.oneOf("checkpoints", Checkpoints.values()) : ALL.checkpoints(),
                suite.has("every") ? suite.number("every", 1, Long.MAX_VALUE) : ALL.every(),
                suite.has("subset") ? suite.integer("subset", 0, Integer.MAX_VALUE) : ALL.subset(),
                objectives(suite));
    }

    private static Set<String> objectives(Section suite) {
        if (!suite.has("objectives"))
            return ALL.objectives();
        final Set<String> given = new LinkedHashSet<>(suite.strings("objectives"));
        final Set<String> known = Objectives.byName().keySet();
        if (!known.containsAll(given))
            throw suite.error("objectives", given, "must be among " + known + "; [] takes all");
        return given;
    }

    /**
     * The reason why a checkpoint is passed over; empty if it is scored.
     *
     * @param laterWaits true if a later checkpoint of the run is announced
     */
    Optional<String> passesOver(CheckpointReady checkpoint, boolean laterWaits) {
        if (!objectives.isEmpty() && !objectives.contains(checkpoint.getObjective()))
            return Optional.of("objectives does not have " + checkpoint.getObjective());
        final boolean last = checkpoint.getStep() >= checkpoint.getSteps();
        if (last)
            return Optional.empty();
        if (checkpoints == Checkpoints.LAST)
            return Optional.of("checkpoints = last, and the run goes on to step " + checkpoint.getSteps());
        if (checkpoint.getStep() % every != 0)
            return Optional.of("every = " + every + ", and step " + checkpoint.getStep() + " is no multiple of it");
        if (checkpoints == Checkpoints.LATEST && laterWaits)
            return Optional.of("checkpoints = latest, and a later checkpoint of the run waits");
        return Optional.empty();
    }

    /** True if {@link #passesOver} depends on later checkpoints. */
    boolean looksAhead() {
        return checkpoints == Checkpoints.LATEST;
    }
}
