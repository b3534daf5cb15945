package retort.evaluator.feed;

import java.util.Collection;
import java.util.Comparator;
import java.util.OptionalDouble;
import retort.record.Evaluation;

/** k-NN on raw pixels, published as an evaluation of a run that is none: what a model must beat to have been worth it. */
public final class Yardstick {
    /** The run's id. Its only step is 0, its objective {@link #OBJECTIVE}. */
    public static final String RUN = "raw-pixels";
    public static final String OBJECTIVE = "none";

    private Yardstick() {
    }

    public static boolean is(Evaluation evaluation) {
        return evaluation.getRun().equals(RUN) && evaluation.getObjective().equals(OBJECTIVE);
    }

    /** Top-1 of the latest one. */
    public static OptionalDouble in(Collection<Evaluation> evaluations) {
        return evaluations.stream().filter(Yardstick::is).max(Comparator.comparing(Evaluation::getAt)).stream()
                .mapToDouble(evaluation -> evaluation.getMetrics().getOrDefault("top1", Double.NaN)).findFirst();
    }
}
