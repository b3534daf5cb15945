package retort.trainer.learn;

import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.WeightsException;

/** Chooses the first weights of a model from those of another model, such as a distilled checkpoint. Any thread. */
public final class StartingWeights {
    private StartingWeights() {
    }

    /**
     * The tensors of {@code given} that have a place in the model. Position tables of another grid are resized.
     *
     * @param source origin of {@code given}, for messages
     * @param mayBeMissing names of parameters that may be missing; here and below {@code *} stands for any text
     * @param mayBeLeftOver names of tensors that may have no place
     * @param allowed names of tensors that may be missing, left over or of another shape
     * @throws WeightsException if the weights do not fit; the message lists every difference by name
     */
    public static SortedMap<String, HostTensor> of(LearnerSpec spec, Map<String, HostTensor> given, String source,
            Collection<String> mayBeMissing, Collection<String> mayBeLeftOver, Collection<String> allowed) {
        return PositionedFit.of(spec.objective().parameters(spec.model()), given, source).allowing(mayBeMissing, mayBeLeftOver)
                .allowing(allowed).orRefuse(source, "the model", "init-allow");
    }
}
