package retort.trainer.pipeline;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import retort.trainer.images.BlockBuffers;
import retort.trainer.images.ImageBlock;
import retort.trainer.learn.Learner;
import retort.trainer.learn.Losses;
import retort.trainer.learn.PendingLosses;

/**
 * Takes a run's steps. A step's losses are read when the next step is on its way, so that a device never waits for the host;
 * until then its batch keeps its buffer. Only the first step's are read at once: people wait for them. Engine's thread only.
 */
final class Stepper implements AutoCloseable {
    private final String run;
    private final Learner learner;
    private final BlockBuffers buffers;
    private long finished;
    private @Nullable Taken last;
    private boolean first = true;

    /** A step whose losses are not read yet. */
    private record Taken(ImageBlock batch, PendingLosses losses) {
    }

    /** @param finished steps that the learner has done */
    Stepper(String run, Learner learner, BlockBuffers buffers, long finished) {
        this.run = run;
        this.learner = learner;
        this.buffers = buffers;
        this.finished = finished;
    }

    /** @throws BrokenStepException where the step before, or this one if it is the first, left no finite loss */
    FinishedStep step(ImageBlock batch) {
        final Taken taken = new Taken(batch, learner.step(batch.pixels(), batch.sampleIds(), batch.labels(), finished));
        final Optional<Losses> before;
        try {
            before = readLast();
        } finally {
            last = taken;
        }
        final double learningRate = learner.spec().optimizer().schedule().at(finished);
        finished++;
        final boolean readAtOnce = first;
        first = false;
        return new FinishedStep(finished, batch.end(), learningRate, readAtOnce ? readLast() : before);
    }

    /** The losses of the last step, if they were not read yet. Waits for the device. */
    Optional<Losses> readLast() {
        final Taken taken = last;
        if (taken == null)
            return Optional.empty();
        last = null;
        final Losses losses = taken.losses.read();
        buffers.giveBack(taken.batch);
        losses.broken().ifPresent(part -> {
            throw new BrokenStepException(run, finished, part);
        });
        return Optional.of(losses);
    }

    @Override
    public void close() {
        if (last != null)
            last.losses.close();
        last = null;
    }
}
