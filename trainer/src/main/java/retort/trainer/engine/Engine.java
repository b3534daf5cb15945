package retort.trainer.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.cuda.CudaUtils;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import retort.thread.Worker;

/**
 * The one thread ({@code retort-engine}) that owns PyTorch in a process. Tasks run one at a time, in the order of their subscription.
 * Gradients are on when a task begins. Any thread may {@link #submit}. The result of a task is emitted on the engine's thread, so a slow
 * subscriber holds the engine up: go to another thread before you do more than a little.
 *
 * <p>Arrays, programs, learners and encoders are made, used and closed inside tasks only. A native object that outlives its task belongs
 * to {@link #manager} or to a manager under it.
 */
public final class Engine implements AutoCloseable {
    private static final String THREAD = "retort-engine";
    private static final double FOREGROUND = 1;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Worker worker;
    private final Scheduler scheduler;
    private final EngineSettings settings;
    private final NDManager manager;
    private final Pace pace;
    private final double share;
    private volatile int threads;

    private Engine(Worker worker, EngineSettings settings, NDManager manager, Pace pace, double share) {
        this.worker = worker;
        this.scheduler = worker.scheduler();
        this.settings = settings;
        this.manager = manager;
        this.pace = pace;
        this.share = share;
        this.threads = settings.threadsHere();
    }

    /**
     * Loads PyTorch on a new thread and waits for it. This takes half a second, and a few seconds the first time on a machine.
     *
     * @return the engine; the caller closes it
     * @throws EngineUnavailableException if native libraries for this machine, or the device of the settings, are missing
     */
    public static Engine start(EngineSettings settings) {
        final Worker worker = Worker.named(THREAD).watched();
        try {
            return CompletableFuture
                    .supplyAsync(() -> new Engine(worker, settings, NativeLibraries.load(settings), new Pace(), FOREGROUND),
                            worker)
                    .join();
        } catch (CompletionException e) {
            worker.close();
            throw e.getCause() instanceof RuntimeException known ? known : e;
        }
    }

    /** The task runs after its Mono is subscribed to, in its turn. It is skipped if the subscription is cancelled before. */
    public <T> Mono<T> submit(Callable<T> task) {
        if (share < FOREGROUND)
            return Mono.defer(() -> {
                final Mono<T> run = Mono.fromCallable(() -> pace.background(() -> inTurn(task), share)).subscribeOn(scheduler);
                final Duration pause = pace.pause();
                return pause.isZero() ? run : Mono.delay(pause).then(run);
            });
        return Mono.defer(() -> {
            pace.begin();
            return Mono.fromCallable(() -> inTurn(task)).subscribeOn(scheduler).doFinally(signal -> pace.end());
        });
    }

    /**
     * Runs a task that closes what others have made. It is never paced, so that a cancelled evaluation frees its model before the engine is closed.
     * Completes without the task if the engine is closed, because that has freed all arrays.
     */
    public Mono<Void> free(Runnable task) {
        return Mono.<Void>fromRunnable(task).subscribeOn(scheduler).onErrorComplete(RejectedExecutionException.class);
    }

    /**
     * This engine for work in the background, such as an evaluation beside training. Its tasks run on the same thread and compute the same
     * values. While tasks of the engine itself wait or run, tasks that are submitted here one after another take no more than their share
     * of the time.
     *
     * @param other share of the time, above 0, at most 1; with 1 nothing is held back
     * @return a view that needs no close
     */
    public Engine background(double other) {
        if (!(other > 0 && other <= FOREGROUND))
            throw new IllegalArgumentException("share " + other + " must be above 0, at most 1");
        return new Engine(worker, settings, manager, pace, other);
    }

    /**
     * Runs a task, waits for it, and throws the exception that the task threw. A checked exception is thrown as the cause of a
     * {@link CompletionException}. Call it on any thread that may block, except the engine's, which would wait for itself.
     *
     * @throws IllegalStateException on the engine's thread
     */
    public <T> T call(Callable<T> task) {
        if (worker.isCurrent())
            throw new IllegalStateException("the engine's thread would wait for itself: run the task where it is");
        final boolean counts = share == FOREGROUND;
        if (counts)
            pace.begin();
        try {
            return CompletableFuture.supplyAsync(() -> {
                try {
                    return inTurn(task);
                } catch (RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new CompletionException(e);
                }
            }, worker).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException own)
                throw own;
            throw e;
        } finally {
            if (counts)
                pace.end();
        }
    }

    /** The owner of every array that outlives its task. It is on the engine's device. Engine's thread only. */
    public NDManager manager() {
        requireThread();
        return manager;
    }

    public Device device() {
        return manager.getDevice();
    }

    /** Memory of the device in bytes, or of the container that the process is in. Empty if the device does not tell. */
    public OptionalLong memoryBytes() {
        if (!device().isGpu())
            return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                    ? OptionalLong.of(system.getTotalMemorySize())
                    : OptionalLong.empty();
        try {
            return OptionalLong.of(CudaUtils.getGpuMemory(device()).getMax());
        } catch (RuntimeException | LinkageError e) { // it asks CUDA's own library, which may not be where it is looked for
            return OptionalLong.empty();
        }
    }

    /** The settings of this engine. The number of threads is the one in use, never 0. */
    public EngineSettings settings() {
        return new EngineSettings(settings.device(), threads);
    }

    /** Sets the number of threads of one operator on a CPU for the tasks from now on. Engine's thread only. */
    public void useThreads(int number) {
        requireThread();
        JniUtils.setNumThreads(number);
        threads = number;
    }

    /** @throws IllegalStateException on any thread but the engine's */
    public void requireThread() {
        if (!worker.isCurrent())
            throw new IllegalStateException(
                    "engine work on thread " + Thread.currentThread().getName() + ": submit it to the engine");
    }

    /**
     * Refuses new tasks, runs the tasks that wait, frees all arrays and joins the thread. Call it on any thread but the engine's.
     *
     * @throws IllegalStateException if the thread has not ended within 10 minutes
     */
    @Override
    public void close() {
        if (!worker.offer(manager::close))
            return; // closed before
        final boolean ended = worker.close(PATIENCE);
        if (!ended && !Thread.currentThread().isInterrupted())
            throw new IllegalStateException("the engine's task has not ended within " + PATIENCE.toMinutes() + " minutes");
    }

    private static <T> T inTurn(Callable<T> task) throws Exception {
        JniUtils.setGradMode(true);
        return task.call();
    }
}
