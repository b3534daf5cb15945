package retort.trainer.pipeline;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import retort.console.StatusLine;
import retort.kafka.OwnershipLapsedException;
import retort.kafka.TopicChangedException;
import retort.record.TrainingProgress;
import retort.thread.Worker;

/**
 * Sends the progress of a run at a steady pace from a thread of its own, {@code retort-progress-RUN}. So others see that the run lives,
 * even if a step, a save or a wait for the engine takes long. The heartbeat is also the first to notice that another trainer owns the run.
 */
final class Heartbeat implements RunListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);
    /** Longest wait for the last event, because a process has 10 s to end. */
    private static final Duration CLOSING = Duration.ofSeconds(2);

    private final RunGauge gauge;
    private final RunEvents events;
    private final StatusLine line;
    private final Duration lease;
    private final Worker worker;
    private final Sinks.Empty<Void> fenced = Sinks.empty();
    private boolean firstLosses = true;

    /**
     * Begins to send at once.
     *
     * @param every at most a third of {@code lease}
     * @param lease a run that is silent for longer counts as dead
     */
    Heartbeat(String run, RunGauge gauge, RunEvents events, StatusLine line, Duration every, Duration lease) {
        this.gauge = gauge;
        this.events = events;
        this.line = line;
        this.lease = lease;
        this.worker = Worker.named("retort-progress-" + run);
        worker.repeat(this::send, every);
    }

    /** Sends the first losses at once, because people wait for them. Does not wait. */
    @Override
    public void stepped(TrainedStep step) {
        if (firstLosses)
            worker.offer(this::send);
        firstLosses = false;
    }

    /**
     * Never completes. Fails on the heartbeat's thread, with {@link RunFencedException} when another trainer owns the run, with
     * {@link OwnershipLapsedException} when the broker has ended this trainer's claim on it, and with {@link TopicChangedException} when a
     * topic of the run's events was deleted.
     */
    Mono<Void> fenced() {
        return fenced.asMono();
    }

    private void send() {
        final TrainingProgress progress = gauge.read();
        line.update(ProgressLine.of(progress));
        try {
            events.progress(progress).block(lease);
        } catch (RunFencedException | OwnershipLapsedException | TopicChangedException e) {
            fenced.tryEmitError(e);
            worker.close();
        } catch (RuntimeException e) { // the broker is away: training goes on while there is data, and the next beat tries again
            LOG.warn("progress of run {} was not taken: {}", progress.getRun(), e.getMessage());
        }
    }

    /** Sends once more, unless {@link #fenced} has failed, and ends the thread. Waits for the broker, 2 s at most. */
    @Override
    public void close() {
        worker.offer(this::send);
        worker.close(CLOSING);
    }
}
