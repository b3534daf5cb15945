package retort.trainer.pipeline;

import java.nio.FloatBuffer;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.images.ImagePosition;
import retort.trainer.learn.Learner;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.NamedTensors;

/**
 * Saves a run between two steps. Blocks. Call it on any thread but the engine's, one call at a time, because the engine hands over one
 * tensor after another while the caller writes them.
 */
final class Saver {
    private static final Logger LOG = LoggerFactory.getLogger(Saver.class);

    private final Learner learner;
    private final CheckpointStore store;
    private volatile TrainingState last;

    /** @param last the state that was saved last, or the state of a new run before its first step */
    Saver(Learner learner, CheckpointStore store, TrainingState last) {
        this.learner = learner;
        this.store = store;
        this.last = last;
    }

    /**
     * Returns when the checkpoint is on disk. The caller has read the losses of every step; they were finite.
     *
     * @param finished number of steps that the learner has taken
     * @param position the place in the stream after them
     * @throws BrokenStepException if a weight is not finite; nothing is left on disk then. The losses do not show this, because they are
     *     computed with the weights before the step
     * @throws java.io.UncheckedIOException if the checkpoint cannot be written; earlier ones stay as they are
     */
    Checkpoint save(long finished, ImagePosition position) {
        final TrainingState state = last.at(finished, position.next(), position.imagesUsed());
        final Checkpoint saved = store.save(state, finite(finished, learner.savedWeights()), learner.savedOptimizer());
        last = state;
        LOG.info("run {} saved at step {} in {}", state.run(), finished, saved.directory());
        return saved;
    }

    /** The tensors of {@code weights}. Each one is checked when the writer asks for it. */
    private NamedTensors finite(long finished, NamedTensors weights) {
        return new NamedTensors() {
            @Override
            public Map<String, Form> forms() {
                return weights.forms();
            }

            @Override
            public HostTensor tensor(String name) {
                final HostTensor tensor = weights.tensor(name);
                final FloatBuffer values = tensor.view().asFloatBuffer();
                while (values.hasRemaining())
                    if (!Float.isFinite(values.get()))
                        throw new BrokenStepException(last.run(), finished, "weight " + name);
                return tensor;
            }
        };
    }

    /** Number of steps in the checkpoint that was saved last. Any thread. */
    long savedStep() {
        return last.step();
    }
}
