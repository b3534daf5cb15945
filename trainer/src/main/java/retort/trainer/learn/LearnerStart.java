package retort.trainer.learn;

import java.util.Map;
import retort.trainer.weights.HostTensor;

/** The first weights of a learner. Their tensors are read one after another, so views of a file cost no memory on the heap. */
public sealed interface LearnerStart {
    /** All weights are drawn from the seed. */
    record Drawn() implements LearnerStart {
    }

    /**
     * Weights of another model, as {@link StartingWeights} chooses them. Parameters that they lack are drawn from the seed. The
     * optimiser is fresh.
     */
    record Given(Map<String, HostTensor> weights) implements LearnerStart {
    }

    /** All saved weights and the saved state of the optimiser. If that state is empty, the optimiser is fresh. */
    record Saved(Map<String, HostTensor> weights, Map<String, HostTensor> optimizer) implements LearnerStart {
    }
}
