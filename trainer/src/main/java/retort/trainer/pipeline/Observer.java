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
 * Keeps a listener that does not belong to the run away from it. Its calls wait in a bounded queue of the listener's own thread, so
 * that a slow one cannot hold a step up; a call that finds the queue full is dropped and counted. What the listener throws is logged.
 * Called serially, by whichever thread carries the run; never blocks and never throws, except that {@link #close} waits.
 */
final class Observer implements RunListener, AutoCloseable {
    /** Calls of all kinds that may wait; {@code ended} is one more. */
    static final int CALLS = 256;
    /** Calls about steps that may wait. The other places are for {@code saved} and {@code begun}, which are few. */
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
     * @param name of the listener's kind
     * @param closeWait how long {@link #close} waits for the calls that are still in the queue
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
            waiting.decrementAndGet(); // closed: nobody listens any more
    }

    private void deliver(Runnable call) {
        waiting.decrementAndGet();
        try {
            call.run();
        } catch (Throwable e) { // an Error too: a listener that cannot be linked must not end the run
            if (failed.getAndIncrement() == 0)
                LOG.warn("listener {} of run {} failed; the run goes on, and so do its calls", name, run, e);
        }
    }

    /** Lets the listener have the calls in its queue and ends its thread; a listener that takes too long is interrupted. */
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
