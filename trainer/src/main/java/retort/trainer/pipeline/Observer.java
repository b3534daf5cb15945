package retort.trainer.pipeline;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.record.Stream;
import retort.thread.Worker;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.images.ImagePosition;

/**
 * Protects the run from a listener of a factory. Calls wait in a bounded queue for the listener's own thread, so a slow listener does not
 * delay a step. A call is dropped and counted if the queue is full. An exception of the listener is logged.
 * <p>
 * Called by the run, one call at a time, on any thread. No method blocks or throws, except that {@link #close} waits.
 */
final class Observer implements RunListener, AutoCloseable {
    /** Number of calls of all kinds that may wait. {@code ended} may wait in addition. */
    static final int CALLS = 256;
    /** Number of calls that may wait before calls about steps are dropped. The other places are for {@code saved} and {@code begun}. */
    static final int STEP_CALLS = 192;

    private static final Logger LOG = LoggerFactory.getLogger(Observer.class);

    private final String name;
    private final String run;
    private final RunListener listener;
    private final Duration closeWait;
    private final Worker worker;
    private final AtomicInteger waiting = new AtomicInteger();
    private long dropped;
    private final AtomicInteger failed = new AtomicInteger();

    /**
     * @param name name of the listener's factory
     * @param closeWait time that {@link #close} waits for the calls that are still in the queue
     */
    Observer(String name, String run, RunListener listener, Duration closeWait) {
        this.name = name;
        this.run = run;
        this.listener = listener;
        this.closeWait = closeWait;
        this.worker = Worker.named("retort-listener-" + name + "-" + run);
    }

    @Override
    public void saving(long step) {
        offer(STEP_CALLS, () -> listener.saving(step));
    }

    @Override
    public void copied(long step, Duration pause) {
        offer(STEP_CALLS, () -> listener.copied(step, pause));
    }

    @Override
    public void saved(Checkpoint checkpoint) {
        offer(CALLS, () -> listener.saved(checkpoint));
    }

    @Override
    public void begun(Stream stream, TrainingState from) {
        offer(CALLS, () -> listener.begun(stream, from));
    }

    @Override
    public void waiting() {
        offer(STEP_CALLS, listener::waiting);
    }

    @Override
    public void stepping() {
        offer(STEP_CALLS, listener::stepping);
    }

    @Override
    public void taken(long step, ImagePosition end, double learningRate) {
        offer(STEP_CALLS, () -> listener.taken(step, end, learningRate));
    }

    @Override
    public void stepped(TrainedStep step) {
        offer(STEP_CALLS, () -> listener.stepped(step));
    }

    @Override
    public void ended(RunOutcome outcome) {
        offer(Integer.MAX_VALUE, () -> listener.ended(outcome));
    }

    /** Number of calls that found the queue full. */
    long dropped() {
        return dropped;
    }

    private void offer(int places, Runnable call) {
        if (waiting.get() >= places) {
            if (dropped++ == 0)
                LOG.warn("listener {} of run {} is {} calls behind: calls are dropped until it has caught up", name, run, places);
            return;
        }
        waiting.incrementAndGet();
        if (!worker.offer(() -> deliver(call)))
            waiting.decrementAndGet(); // the worker is closed, so the call is lost
    }

    private void deliver(Runnable call) {
        waiting.decrementAndGet();
        try {
            call.run();
        } catch (Throwable e) { // an Error too, because a listener that cannot be linked must not end the run
            if (failed.getAndIncrement() == 0)
                LOG.warn("listener {} of run {} failed; the run goes on, and so do its calls", name, run, e);
        }
    }

    /** Passes the waiting calls to the listener and ends its thread. A listener that takes too long is interrupted. */
    @Override
    public void close() {
        final boolean heardAll = worker.close(closeWait);
        if (!heardAll)
            LOG.warn("listener {} of run {} has not ended within {}: {} of its calls are lost", name, run, closeWait,
                    waiting.get());
        if (dropped > 0 || failed.get() > 0)
            LOG.warn("listener {} of run {} was too slow for {} calls and failed in {}", name, run, dropped, failed.get());
    }
}
