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
    /** Longest wait for the broker after a request to stop, because a process has 10 s to end. */
    private static final Duration CLOSING = Duration.ofSeconds(2);
    /** Time after which a wait for images is logged at WARN, and logged again. */
    static final Duration WAITING_TOLD = Duration.ofSeconds(60);

    private final RunGauge gauge;
    private final RunEvents events;
    private final StatusLine line;
    private final Duration lease;
    private final StopRequest stop;
    private final Worker worker;
    private final Sinks.Empty<Void> fenced = Sinks.empty();
    private boolean firstLosses = true;
    private boolean finished;
    /** The number of {@link #WAITING_TOLD} in the present wait that were logged. Used on the worker's thread only. */
    private long told;

    /**
     * Begins to send at once.
     *
     * @param every at most a third of {@code lease}
     * @param lease a run that is silent for longer counts as dead
     * @param stop ends the wait for a broker that does not take the end of the run
     */
    Heartbeat(String run, RunGauge gauge, RunEvents events, StatusLine line, Duration every, Duration lease, StopRequest stop) {
        this.gauge = gauge;
        this.events = events;
        this.line = line;
        this.lease = lease;
        this.stop = stop;
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

    @Override
    public void ended(RunOutcome outcome) {
        finished = outcome instanceof RunOutcome.Finished;
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
        line.update(ProgressLine.of(progress, gauge.steppingFor()));
        tellOfAWait(progress);
        try {
            if (!taken(progress))
                LOG.warn("no broker has taken the progress of run {} within {} s: training goes on while there is data",
                        progress.getRun(), lease.toSeconds());
        } catch (RunFencedException | OwnershipLapsedException | TopicChangedException e) {
            fenced.tryEmitError(e);
            worker.close();
        } catch (RuntimeException e) { // training goes on while there is data, and the next beat tries again
            if (!worker.isClosed()) // the close has ended this wait, and tells the end itself
                LOG.warn("progress of run {} was not taken: {}", progress.getRun(), e.getMessage());
        }
    }

    private boolean taken(TrainingProgress progress) {
        return events.progress(progress).thenReturn(true).take(lease).blockOptional().isPresent();
    }

    private void tellOfAWait(TrainingProgress progress) {
        final Duration wait = gauge.waitingFor();
        final long now = wait.dividedBy(WAITING_TOLD);
        if (now > told)
            LOG.warn(
                    "run {} has waited for {} s for a batch of {} images from sequence {} of stream {} on, which ingest publishes. If"
                            + " ingest says that it waits for this run, each waits for the other: raise ingest.max-ahead to {} images and two"
                            + " records at least, or lower trainer.batch",
                    progress.getRun(), wait.toSeconds(), progress.getBatch(), progress.getNextSequence(), progress.getStream(),
                    progress.getBatch());
        told = now;
    }

    /**
     * Sends once more, unless {@link #fenced} has failed, and ends the thread. A run that has stopped or failed waits for the broker, 2 s at
     * most: it goes on one day, and until then its lease tells that it does not live. A run that is finished has no later event, and others
     * wait for its end, so it waits until a broker has taken it, or until a stop does not let it wait longer.
     *
     * @throws RunFencedException if another trainer has taken a finished run over before a broker has taken its end
     * @throws OwnershipLapsedException if the broker has ended the claim on a finished run before it has taken its end
     */
    @Override
    public void close() {
        if (!finished)
            worker.offer(this::send);
        worker.close(CLOSING);
        if (finished)
            sendTheEnd();
    }

    private void sendTheEnd() {
        final TrainingProgress end = gauge.read();
        line.update(ProgressLine.of(end, Duration.ZERO));
        if (events.progress(end).thenReturn(true).takeUntilOther(stop.madeFor(CLOSING)).blockOptional().isEmpty())
            LOG.warn("run {} is finished, but the broker has not taken that: the next start of the run tells it", end.getRun());
    }
}
