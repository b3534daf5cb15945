package retort.trainer.learn;

import java.util.Map;
import retort.trainer.weights.HostTensor;

/** What a learner begins with. Its tensors are read one by one, so views of a file cost no memory. */
public sealed interface LearnerStart {
    /** Everything from the seed. */
    record Drawn() implements LearnerStart {
    }

    /**
     * Another model's weights, as {@link StartingWeights} chooses them; what they lack is drawn from the seed. The optimiser is
     * fresh.
     */
    record Given(Map<String, HostTensor> weights) implements LearnerStart {
    }

    /** What was saved: all weights, and the optimiser's state ({@code empty}: a fresh one). */
    record Saved(Map<String, HostTensor> weights, Map<String, HostTensor> optimizer) implements LearnerStart {
    }
}
