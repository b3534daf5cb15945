package retort.evaluator.feed;

import retort.record.Evaluation;

/**
 * Scores of the raw pixels. They are published as evaluations of a run that does not exist, so that subscribers can compare them: a
 * model that has learned something scores better than its own input.
 */
public final class Yardstick {
    /** The name of that run. Its only step is 0, and its objective is {@link #OBJECTIVE}. */
    public static final String RUN = "raw-pixels";
    public static final String OBJECTIVE = "none";

    private Yardstick() {
    }

    /** @return true for an evaluation of the raw pixels */
    public static boolean is(Evaluation evaluation) {
        return evaluation.getRun().equals(RUN) && evaluation.getObjective().equals(OBJECTIVE);
    }
}
