package retort.trainer.objective;

import java.util.List;

/**
 * The weights of another model that a run starts from, and how far they may differ from what it has a place for. Names are given in
 * full or with {@code *} for any text.
 *
 * @param mayBeMissing names of parameters that are drawn from the seed where the weights lack them
 * @param mayBeLeftOver names of tensors that the weights may hold beside those that have a place
 * @param allowed names, given by the user, of tensors that may be missing, left over or of another shape
 */
public record Start(WeightsSource weights, List<String> mayBeMissing, List<String> mayBeLeftOver, List<String> allowed) {
    /** Key of the weights. */
    public static final String KEY = "init";

    public Start {
        mayBeMissing = List.copyOf(mayBeMissing);
        mayBeLeftOver = List.copyOf(mayBeLeftOver);
        allowed = List.copyOf(allowed);
    }
}
