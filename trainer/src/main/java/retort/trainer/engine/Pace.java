package retort.trainer.engine;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Holds background tasks back while foreground tasks want the engine too. After a background task of time t, the next one begins no earlier
 * than t * (1 / share - 1) later, so that background tasks take no more than their share of the time. While no foreground task was under
 * way for a second, nothing is held back. Any thread may call it.
 */
final class Pace {
    private static final long IDLE_NANOS = Duration.ofSeconds(1).toNanos();

    private final AtomicInteger foreground = new AtomicInteger(); // tasks that wait or run
    private volatile long foregroundEnded = System.nanoTime() - 2 * IDLE_NANOS;
    private volatile long nextBackground = System.nanoTime();
    private volatile long backgroundNanos;

    /** Notes that a foreground task waits. */
    void begin() {
        foreground.incrementAndGet();
    }

    /** Notes that a foreground task has run, or was cancelled. */
    void end() {
        foregroundEnded = System.nanoTime();
        foreground.decrementAndGet();
    }

    /** Time that the next background task has to wait, from now on. */
    Duration pause() {
        final long now = System.nanoTime();
        final boolean idle = foreground.get() == 0 && now - foregroundEnded > IDLE_NANOS + backgroundNanos;
        return idle ? Duration.ZERO : Duration.ofNanos(Math.max(0, nextBackground - now));
    }

    /**
     * Runs a background task.
     *
     * @param share above 0, at most 1
     */
    <T> T background(Callable<T> task, double share) throws Exception {
        final long begun = System.nanoTime();
        try {
            return task.call();
        } finally {
            final long ended = System.nanoTime();
            backgroundNanos = ended - begun;
            nextBackground = ended + (long) ((ended - begun) * (1 / share - 1));
        }
    }
}
