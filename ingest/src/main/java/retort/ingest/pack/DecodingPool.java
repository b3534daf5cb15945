package retort.ingest.pack;

import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The threads of a process that read, decode and augment samples. Their tasks may block. The caller that creates the pool closes it. */
public final class DecodingPool implements AutoCloseable {
    private final Scheduler scheduler;

    /** @param threads number of threads, at least 1; they are daemons called {@code retort-decode-0} and so on, and share one queue */
    public DecodingPool(int threads) {
        final AtomicInteger number = new AtomicInteger();
        scheduler = Schedulers.fromExecutorService(Executors.newFixedThreadPool(threads,
                task -> Thread.ofPlatform().daemon().name("retort-decode-" + number.getAndIncrement()).unstarted(task)),
                "retort-decode");
    }

    public Scheduler scheduler() {
        return scheduler;
    }

    /** Interrupts running tasks. Does not wait for them. */
    @Override
    public void close() {
        scheduler.dispose();
    }
}
