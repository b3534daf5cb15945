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

/** Saves a run where it stands. Blocks: called between two steps, one call at a time, on a thread made for that. */
final class Saver {
    private static final Logger LOG = LoggerFactory.getLogger(Saver.class);

    private final Learner learner;
    private final CheckpointStore store;
    private volatile TrainingState last;

    /** @param last the state saved last, or that of a new run before its first step */
    Saver(Learner learner, CheckpointStore store, TrainingState last) {
        this.learner = learner;
        this.store = store;
        this.last = last;
    }

    /**
     * Returns when the checkpoint is on disk. The losses of every step before it were read and are finite.
     *
     * @param finished steps that the learner has done
     * @throws BrokenStepException where a weight is not finite: the loss of a step is that of the weights before it
     */
    Checkpoint save(long finished, ImagePosition position) {
        final TrainingState state = new TrainingState(last.run(), finished, last.steps(), last.stream(), last.startSequence(),
                position.next(), position.imagesUsed(), last.identity(), last.objective(),
                last.architecture(), last.teacher());
        final Checkpoint saved = store.save(state, finite(finished, learner.savedWeights()), learner.savedOptimizer());
        last = state;
        LOG.info("run {} saved at step {} in {}", state.run(), finished, saved.directory());
        return saved;
    }

    /** The same tensors, each held against infinity when it is asked for. */
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

    /** Steps finished in the last checkpoint. */
    long savedStep() {
        return last.step();
    }
}
