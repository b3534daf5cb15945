package retort.ingest.pack;

import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The threads of a process that read, decode and augment samples. Their tasks may block. The one who makes the pool closes it. */
public final class DecodingPool implements AutoCloseable {
    private final Scheduler scheduler;

    /** @param threads at least 1; daemon threads {@code retort-decode-0} and so on, which share one queue */
    public DecodingPool(int threads) {
        final AtomicInteger number = new AtomicInteger();
        scheduler = Schedulers.fromExecutorService(Executors.newFixedThreadPool(threads,
                task -> Thread.ofPlatform().daemon().name("retort-decode-" + number.getAndIncrement()).unstarted(task)),
                "retort-decode");
    }

    public Scheduler scheduler() {
        return scheduler;
    }

    /** Interrupts what runs. Does not wait. */
    @Override
    public void close() {
        scheduler.dispose();
    }
}
