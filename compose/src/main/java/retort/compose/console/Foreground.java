package retort.compose.console;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * Holds the main thread of a command until its service ends or a person asks it to stop.
 * <p>
 * The first SIGINT or SIGTERM makes {@link #await()} return, and the main thread then closes the services in order, because native
 * work must end before the JVM does. The second signal ends the process at once, with exit code 128 plus the signal's number: 130
 * after SIGINT, 143 after SIGTERM.
 */
public final class Foreground {
    private static final Logger LOG = LoggerFactory.getLogger(Foreground.class);
    private static final long LOOK_MS = 100;

    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicBoolean asked = new AtomicBoolean();

    /** Installs the handlers of both signals. Call it once in a process, before services start. */
    public Foreground() {
        for (final Signal signal : Signal.values())
            handle(signal);
    }

    private enum Signal {
        INT(2), TERM(15);

        private final int number;

        Signal(int number) {
            this.number = number;
        }
    }

    /**
     * Uses sun.misc.Signal, because a shutdown hook does not notice a second signal. It is called by reflection, because javac warns of
     * the class and no annotation suppresses that warning.
     */
    private void handle(Signal signal) {
        try {
            final Class<?> type = Class.forName("sun.misc.Signal");
            final Class<?> handler = Class.forName("sun.misc.SignalHandler");
            final Object proxy = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[]{handler},
                    (self, method, arguments) -> {
                        if (method.getName().equals("handle"))
                            received(signal);
                        return null;
                    });
            type.getMethod("handle", type, handler).invoke(null, type.getConstructor(String.class).newInstance(signal.name()),
                    proxy);
        } catch (ReflectiveOperationException e) {
            LOG.warn("SIG{} will end this process at once, without finishing the step that runs: {}", signal, e.toString());
        }
    }

    private void received(Signal signal) {
        if (asked.getAndSet(true))
            Runtime.getRuntime().halt(128 + signal.number);
        LOG.info("SIG{}: finishing what has begun; again to leave at once", signal);
        over.countDown();
    }

    /** Makes {@link #await()} return when {@code done} completes, and throw when it fails. */
    public void until(Mono<Void> done) {
        done.subscribe(nothing -> {
        }, this::failed, over::countDown);
    }

    /** Makes {@link #await()} throw when {@code service} fails. It ignores the completion of {@code service}. */
    public void unless(Mono<Void> service) {
        service.subscribe(nothing -> {
        }, this::failed);
    }

    private void failed(Throwable error) {
        failure.compareAndSet(null, error);
        over.countDown();
    }

    /**
     * Waits until the service given to {@link #until} completes, a service fails, or a signal comes.
     *
     * @return true if a person asked to stop
     * @throws Exception if a service fails; the failure is thrown unchanged, also if it is an {@code Error}
     */
    public boolean await() throws Exception {
        over.await();
        rethrow(failure.get());
        return asked.get();
    }

    /**
     * Waits for {@code mono} until a signal comes or {@code atMost} has passed; then it cancels {@code mono}.
     *
     * @return true if {@code mono} completed
     * @throws Exception if {@code mono} fails; the failure is thrown unchanged, also if it is an {@code Error}
     */
    public boolean await(Mono<?> mono, Duration atMost) throws Exception {
        final CountDownLatch finished = new CountDownLatch(1);
        final AtomicReference<@Nullable Throwable> error = new AtomicReference<>();
        final Disposable subscription = mono.subscribe(value -> {
        }, thrown -> {
            error.set(thrown);
            finished.countDown();
        }, finished::countDown);
        final long end = System.nanoTime() + atMost.toNanos();
        while (!asked.get() && System.nanoTime() < end)
            if (finished.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
                rethrow(error.get());
                return true;
            }
        subscription.dispose();
        return false;
    }

    private static void rethrow(@Nullable Throwable thrown) throws Exception {
        if (thrown instanceof Exception exception)
            throw exception;
        if (thrown instanceof Error error)
            throw error;
    }
}
