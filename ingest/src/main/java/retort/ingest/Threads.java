package retort.ingest;

import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Schedulers whose threads may block, unlike Reactor's own. Whoever makes one disposes of it. */
final class Threads {
    private Threads() {
    }

    /** {@code count} daemon threads that share one queue, named {@code name-0} and so on. */
    static Scheduler blocking(String name, int count) {
        final AtomicInteger number = new AtomicInteger();
        return Schedulers.fromExecutorService(Executors.newFixedThreadPool(count,
                task -> Thread.ofPlatform().daemon().name(name + "-" + number.getAndIncrement()).unstarted(task)), name);
    }
}
