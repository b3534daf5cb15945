package retort.trainer.objective;

import java.util.List;

/**
 * The weights of another model that a run starts from, and the tensors in which they may differ from the model of the run. A name is
 * given in full, or with {@code *} for any text.
 *
 * @param mayBeMissing names of parameters that are drawn from the seed if the weights lack them
 * @param mayBeLeftOver names of tensors that may be in the weights without a place in the model
 * @param allowed names, given by the user, of tensors that may be missing, left over or of another shape
 */
public record Start(WeightsSource weights, List<String> mayBeMissing, List<String> mayBeLeftOver, List<String> allowed) {
    /** Key of the weights in the settings of a run. */
    public static final String KEY = "init";

    public Start {
        mayBeMissing = List.copyOf(mayBeMissing);
        mayBeLeftOver = List.copyOf(mayBeLeftOver);
        allowed = List.copyOf(allowed);
    }

    /** The sentence about a model that would start from one of another number of heads, which no tensor shows. */
    public static String otherHeads(String run, int own, String weights, int found) {
        return "run " + run + " has a model of " + own + " heads and starts from " + weights + " of " + found
                + ": set model = {width, depth, heads = " + found + ", patch}";
    }
}
