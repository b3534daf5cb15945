package retort.trainer.pipeline;

import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import retort.thread.Worker;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.engine.Engine;
import retort.trainer.images.ImagePosition;
import retort.trainer.learn.Learner;
import retort.trainer.learn.StateCopy;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.NamedTensors;

/**
 * Saves a run between two steps. {@link #begin} copies the learner's state on the engine's thread and returns. The thread
 * {@code retort-save-RUN} then writes the copy to disk and announces it, while the run takes its next steps. There is one copy, so a save
 * that is due while another one is being written waits for it: no checkpoint is left out, and they are announced in order.
 * <p>
 * Call it on any thread but the engine's, one call at a time. It blocks. A save that fails makes {@link #failed} fail at once, and the
 * next call throws the same exception.
 */
final class Saver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Saver.class);
    /** Longer than any disk needs for a checkpoint and any broker for its announcement. */
    private static final Duration CLOSE_WAIT = Duration.ofHours(1);

    private final Engine engine;
    private final Learner learner;
    private final CheckpointStore store;
    private final Consumer<Checkpoint> announce;
    private final CompletableFuture<StateCopy> copy;
    private final Worker writer;
    private final Sinks.Empty<Void> failed = Sinks.empty();
    private TrainingState last;
    private CompletableFuture<Void> writing = CompletableFuture.completedFuture(null);

    /**
     * Takes the memory of the copy on the writing thread, because a run that goes on needs it only for its next checkpoint.
     *
     * @param announce called on the writing thread for every checkpoint that is on disk; its failure is a failure of the save
     * @param last the state that was saved last, or the state of a new run before its first step
     */
    Saver(Engine engine, Learner learner, CheckpointStore store, Consumer<Checkpoint> announce, TrainingState last) {
        this.engine = engine;
        this.learner = learner;
        this.store = store;
        this.announce = announce;
        this.last = last;
        this.writer = Worker.named("retort-save-" + last.run());
        this.copy = CompletableFuture.supplyAsync(engine.call(learner::copyRoom), writer);
    }

    /**
     * Waits until the checkpoint before is on disk and announced, copies the state, and returns. The caller has read the losses of every
     * step; they were finite.
     *
     * @param finished number of steps that the learner has taken
     * @param position the place in the stream after them
     * @param since time at which training stopped for this save, in ns of {@link System#nanoTime}
     * @return time for which training has stood still; it goes on when this returns
     * @throws RuntimeException the failure of the save before
     */
    Duration begin(long finished, ImagePosition position, long since) {
        await();
        final StateCopy room = copy.join();
        engine.call(() -> {
            learner.copyTo(room);
            return true;
        });
        final TrainingState state = last.at(finished, position.next(), position.imagesUsed());
        last = state;
        final Duration pause = Duration.ofNanos(System.nanoTime() - since);
        writing = CompletableFuture.runAsync(() -> write(state, pause), writer);
        return pause;
    }

    private void write(TrainingState state, Duration pause) {
        final long began = System.nanoTime();
        try {
            final Checkpoint saved = store.save(state, finite(state), NamedTensors.of(copy.join().optimizer()));
            LOG.info("run {} saved at step {} in {}: {} MB written in {} ms, training stood still for {} ms", state.run(),
                    state.step(), saved.directory(), saved.weightsDigest().bytes() + saved.optimizerDigest().bytes() >> 20,
                    Duration.ofNanos(System.nanoTime() - began).toMillis(), pause.toMillis());
            announce.accept(saved);
        } catch (RuntimeException | Error e) {
            failed.tryEmitError(e);
            throw e;
        }
    }

    /**
     * The weights in the copy. Each one is checked when the writer asks for it, because the losses do not show a weight that is not
     * finite: they are computed with the weights before the step.
     */
    private NamedTensors finite(TrainingState state) {
        final NamedTensors weights = NamedTensors.of(copy.join().weights());
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
                        throw new BrokenStepException(state.run(), state.step(), "weight " + name);
                return tensor;
            }
        };
    }

    /**
     * Waits until the checkpoint that was begun last is on disk and announced.
     *
     * @throws BrokenStepException if one of its weights is not finite; nothing of it is left on disk then
     * @throws java.io.UncheckedIOException if it cannot be written; earlier ones stay as they are
     * @throws RunFencedException if another trainer owns the run
     */
    void await() {
        try {
            writing.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException own)
                throw own;
            throw e;
        }
    }

    /** Never completes. Fails, on the writing thread, when a save fails. */
    Mono<Void> failed() {
        return failed.asMono();
    }

    /** Number of steps in the checkpoint that was begun last, or that the run began with. */
    long begunStep() {
        return last.step();
    }

    /** Waits for the checkpoint that is being written, and frees the copy. */
    @Override
    public void close() {
        if (writer.close(CLOSE_WAIT) && !copy.isCompletedExceptionally())
            copy.join().close();
    }
}
