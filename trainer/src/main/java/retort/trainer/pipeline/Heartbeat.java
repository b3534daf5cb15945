package retort.trainer.pipeline;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import retort.console.StatusLine;
import retort.record.TrainingProgress;

/**
 * Sends a run's progress at a steady pace and on demand, from a thread of its own ({@code retort-progress-RUN}): whatever the
 * engine does and however long a step or a save takes, the run is seen to live. Also the first to hear that it was fenced.
 */
final class Heartbeat implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

    private final RunGauge gauge;
    private final RunEvents events;
    private final StatusLine line;
    private final Duration lease;
    private final ScheduledExecutorService thread;
    private final Sinks.Empty<Void> fenced = Sinks.empty();

    /**
     * Begins at once.
     *
     * @param every at most a third of {@code lease}
     */
    Heartbeat(String run, RunGauge gauge, RunEvents events, StatusLine line, Duration every, Duration lease) {
        this.gauge = gauge;
        this.events = events;
        this.line = line;
        this.lease = lease;
        this.thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("retort-progress-" + run).daemon().factory());
        final var _ = thread.scheduleWithFixedDelay(this::send, 0, every.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** One more, now. Any thread; does not wait. */
    void beat() {
        if (!thread.isShutdown())
            thread.execute(this::send);
    }

    /** Never completes; fails with {@link RunFencedException} when another trainer owns the run. */
    Mono<Void> fenced() {
        return fenced.asMono();
    }

    private void send() {
        final TrainingProgress progress = gauge.read();
        line.update(ProgressLine.of(progress));
        try {
            events.progress(progress).block(lease);
        } catch (RunFencedException e) {
            fenced.tryEmitError(e);
            thread.shutdown();
        } catch (RuntimeException e) { // the broker is away: training goes on while there is data, and the next beat tries again
            LOG.warn("progress of run {} was not taken: {}", progress.getRun(), e.getMessage());
        }
    }

    /** Waits for the beat under way and sends a last one. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(lease.toMillis(), TimeUnit.MILLISECONDS))
                thread.shutdownNow();
            else if (fenced.scan(reactor.core.Scannable.Attr.ERROR) == null)
                send();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
