package retort.thread;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.NonBlocking;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * One daemon thread with a name. It runs its tasks one at a time, in the order in which they were given. Any thread may give tasks
 * and may close the worker. {@link #requireCurrent} checks the contract "on this worker's thread only".
 * <p>
 * If a task throws, the exception is logged at ERROR with the worker's name, and the following tasks still run.
 */
public final class Worker implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

    /** The workers that {@link #stuck} looks at. */
    private static final Set<Worker> WATCHED = ConcurrentHashMap.newKeySet();
    private static final ThreadLocal<@Nullable Worker> CURRENT = new ThreadLocal<>();

    private final String name;
    /** Time of the last move of the task that runs, in ns of {@link System#nanoTime}; null between tasks. */
    private volatile @Nullable Long movedAt;
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    private final ScheduledThreadPoolExecutor executor;

    /** Marked as non-blocking for Reactor, so that {@code block()} fails at once on this thread instead of waiting for ever. */
    private static final class NonBlockingThread extends Thread implements NonBlocking {
        NonBlockingThread(Runnable task, String name) {
            super(task, name);
            setDaemon(true);
        }
    }

    /** Creates threads for one worker. The executor asks for another thread only if the first one died of an {@code Error}. */
    @FunctionalInterface
    private interface Maker {
        Thread make(Runnable task);
    }

    private Worker(String name, Maker maker) {
        this.name = name;
        this.executor = new ScheduledThreadPoolExecutor(1, task -> {
            final Thread made = maker.make(task);
            thread.set(made);
            return made;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
        executor.setRemoveOnCancelPolicy(true);
    }

    /** A worker whose tasks may block. The thread starts with the first task. */
    public static Worker named(String name) {
        return new Worker(name, Thread.ofPlatform().name(name).daemon()::unstarted);
    }

    /** A worker on whose thread Reactor's {@code block()} fails at once, because the signals that would end the wait come from it. */
    public static Worker nonBlocking(String name) {
        return new Worker(name, task -> new NonBlockingThread(task, name));
    }

    /** Runs {@code loop} once, on a thread of this name. The worker closes itself when the loop ends. */
    public static Worker running(String name, Runnable loop) {
        return running(named(name), loop);
    }

    /** As {@link #running}, on a thread where Reactor's {@code block()} fails at once. */
    public static Worker runningNonBlocking(String name, Runnable loop) {
        return running(nonBlocking(name), loop);
    }

    private static Worker running(Worker worker, Runnable loop) {
        worker.execute(() -> {
            try {
                loop.run();
            } finally {
                worker.executor.shutdown();
            }
        });
        return worker;
    }

    public String name() {
        return name;
    }

    /** @throws RejectedExecutionException after {@link #close} */
    @Override
    public void execute(Runnable task) {
        executor.execute(() -> run(task));
    }

    /**
     * Does the same as {@link #execute}, for callers that may come after {@link #close}.
     *
     * @return true if the worker has accepted the task
     */
    public boolean offer(Runnable task) {
        try {
            execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Runs {@code task} now and then again and again until {@link #close}, with a pause of {@code every} after each end. */
    public void repeat(Runnable task, Duration every) {
        final var _ = executor.scheduleWithFixedDelay(() -> run(task), 0, every.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void run(Runnable task) {
        movedAt = System.nanoTime();
        CURRENT.set(this);
        try {
            task.run();
        } catch (Throwable e) { // also an Error, because no other code observes this thread
            LOG.error("a task of {} failed", name, e);
        } finally {
            movedAt = null;
        }
    }

    /**
     * Has {@link #stuck} look at this worker until it is closed. For workers whose tasks are short, or which call {@link #moved}.
     *
     * @return this worker
     */
    public Worker watched() {
        WATCHED.add(this);
        return this;
    }

    /** Notes that the task on the calling thread makes progress, if the thread is a worker's. For tasks that are endless loops. */
    public static void moved() {
        final Worker current = CURRENT.get();
        if (current != null)
            current.movedAt = System.nanoTime();
    }

    /** Notes that the task on the calling thread waits for work, so that it is not expected to move until {@link #moved}. */
    public static void rests() {
        final Worker current = CURRENT.get();
        if (current != null)
            current.movedAt = null;
    }

    /**
     * The watched workers that have a task and have not moved for longer than {@code limit}, by name, with the time since their last move.
     * Any thread.
     */
    public static Map<String, Duration> stuck(Duration limit) {
        final long now = System.nanoTime();
        final Map<String, Duration> stuck = new TreeMap<>();
        WATCHED.removeIf(worker -> worker.executor.isTerminated());
        for (final Worker worker : WATCHED) {
            final Long moved = worker.movedAt;
            if (moved != null && now - moved > limit.toNanos())
                stuck.put(worker.name, Duration.ofNanos(now - moved));
        }
        return stuck;
    }

    /** A scheduler for Reactor operators. It ends with {@link #close} and need not be disposed of. */
    public Scheduler scheduler() {
        return Schedulers.fromExecutorService(executor, name);
    }

    public boolean isCurrent() {
        return Thread.currentThread() == thread.get();
    }

    /** @throws IllegalStateException if the caller is on another thread */
    public void requireCurrent() {
        if (!isCurrent())
            throw new IllegalStateException("this may be called on thread " + name + " only, but was called on "
                    + Thread.currentThread().getName());
    }

    public boolean isClosed() {
        return executor.isShutdown();
    }

    /**
     * Accepts no more tasks, runs the tasks that were given, and waits for their end. After {@code wait}, or if the caller is interrupted,
     * it interrupts the thread and returns. On the worker's own thread it does not wait.
     *
     * @return true if every task has ended by itself
     */
    public boolean close(Duration wait) {
        executor.shutdown();
        if (isCurrent())
            return false;
        try {
            if (executor.awaitTermination(wait.toNanos(), TimeUnit.NANOSECONDS))
                return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        executor.shutdownNow();
        return false;
    }

    /** Does the same as {@link #close(Duration)} with 30 seconds. */
    @Override
    public void close() {
        close(CLOSE_TIMEOUT);
    }
}
