package retort.trainer.pipeline;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import retort.trainer.images.BlockBuffers;
import retort.trainer.images.ImageBlock;
import retort.trainer.learn.Learner;
import retort.trainer.learn.Losses;
import retort.trainer.learn.PendingLosses;

/**
 * Takes the steps of a run. The losses of a step are read when the next step is queued, so that a device never waits for the host. Until
 * then the batch of the step keeps its buffer. Only the losses of the first step are read at once, because people wait for them.
 * <p>
 * Everything but {@link #buffers} and {@link #times} is confined to the engine's thread, which {@link Learner} checks.
 */
final class Stepper implements AutoCloseable {
    /** One batch is trained on, one waits for its losses to be read, one is ready, and one is being filled. */
    private static final int BUFFERS = 4;

    private final String run;
    private final Learner learner;
    private final BlockBuffers buffers;
    private final StageTimes times;
    private long taken;
    private @Nullable Unread last;
    private boolean first = true;

    /** The step that was taken last, whose losses are not read yet. */
    private record Unread(long number, ImageBlock batch, PendingLosses losses) {
    }

    /**
     * @param batchBytes bytes of the pixels of a batch
     * @param taken steps that the learner has taken
     */
    Stepper(String run, Learner learner, int batchBytes, long taken) {
        this.run = run;
        this.learner = learner;
        this.buffers = new BlockBuffers(BUFFERS, batchBytes);
        this.taken = taken;
        this.times = new StageTimes(run);
    }

    /** The times of the stages before a step. Any thread. */
    StageTimes times() {
        return times;
    }

    /** The buffers that batches for {@link #step} must come from. Any thread. */
    BlockBuffers buffers() {
        return buffers;
    }

    /**
     * Takes one step. Gives the batch's buffer back when its losses are read.
     *
     * @throws BrokenStepException if the losses that are read meanwhile are not finite
     */
    TakenStep step(ImageBlock batch) {
        final Unread step = new Unread(taken + 1, batch, learner.step(batch.pixels(), batch.sampleIds(), batch.labels(), taken));
        times.uploaded(learner.uploadNanos());
        final Optional<TrainedStep> before;
        try {
            before = readLast();
        } finally {
            last = step;
        }
        final double learningRate = learner.spec().optimizer().schedule().at(taken);
        taken++;
        final boolean readAtOnce = first;
        first = false;
        return new TakenStep(taken, batch.end(), learningRate, readAtOnce ? readLast() : before);
    }

    /**
     * Reads the losses of the step that was taken last, if they are not read yet. Waits for the device.
     *
     * @throws BrokenStepException if they are not finite
     */
    Optional<TrainedStep> readLast() {
        final Unread step = last;
        if (step == null)
            return Optional.empty();
        last = null;
        final Losses losses = step.losses.read();
        buffers.giveBack(step.batch);
        losses.broken().ifPresent(part -> {
            throw new BrokenStepException(run, step.number, part);
        });
        return Optional.of(new TrainedStep(step.number, step.batch.sampleIds(), losses, step.batch.end()));
    }

    /** Frees the losses that are not read yet. */
    @Override
    public void close() {
        if (last != null)
            last.losses.close();
        last = null;
    }
}
