package retort.trainer.learn;

import java.util.Map;
import retort.trainer.weights.HostTensor;

/** The first weights of a learner. Their tensors are read one by one, so views of a file cost no memory. */
public sealed interface LearnerStart {
    /** All weights are drawn from the seed. */
    record Drawn() implements LearnerStart {
    }

    /**
     * Another model's weights, as {@link StartingWeights} chooses them; what they lack is drawn from the seed. The optimiser is
     * fresh.
     */
    record Given(Map<String, HostTensor> weights) implements LearnerStart {
    }

    /** Saved weights, all of them, and the saved state of the optimiser; an empty one is a fresh optimiser. */
    record Saved(Map<String, HostTensor> weights, Map<String, HostTensor> optimizer) implements LearnerStart {
    }
}
