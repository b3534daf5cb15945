package retort.evaluator;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * A figure of an evaluation, held against its gate.
 *
 * @param gate the gate
 * @param value the figure
 * @param best the best figure of the run before it; empty if it is the first one
 * @param promotes true if the checkpoint is promoted by it
 * @param regresses true if it is a regression
 */
record Verdict(Gate gate, double value, OptionalDouble best, boolean promotes, boolean regresses) {
    /** One sentence about a regression. */
    String regression(String run, long step) {
        return String.format(Locale.ROOT, "run %s regresses at step %d: %s is %.4f, and the best of the run is %.4f", run, step,
                gate.metric(), value, best.orElse(Double.NaN));
    }
}
