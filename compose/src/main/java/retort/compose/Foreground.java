package retort.compose;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Keeps a command in the foreground until its service is done or a person asks it to stop. The first SIGINT or SIGTERM wakes
 * the main thread, which closes the service in order (native work is joined before the JVM ends); the second one leaves at once.
 */
public final class Foreground {
    private static final Logger LOG = LoggerFactory.getLogger(Foreground.class);

    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicBoolean asked = new AtomicBoolean();

    /** Installs the handlers. Called once a process, on the main thread, before services start. */
    public Foreground() {
        for (final String name : new String[]{"INT", "TERM"})
            onSignal(name, () -> stop(name));
    }

    /**
     * sun.misc.Signal is the only way to hear a second signal (shutdown hooks hear one), and javac warns of it beyond what an
     * annotation can quieten: hence reflection.
     */
    private static void onSignal(String name, Runnable action) {
        try {
            final Class<?> signal = Class.forName("sun.misc.Signal");
            final Class<?> handler = Class.forName("sun.misc.SignalHandler");
            final Object proxy = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[]{handler},
                    (self, method, arguments) -> {
                        if (method.getName().equals("handle"))
                            action.run();
                        return null;
                    });
            signal.getMethod("handle", signal, handler).invoke(null, signal.getConstructor(String.class).newInstance(name),
                    proxy);
        } catch (ReflectiveOperationException e) {
            LOG.warn("SIG{} will end this process at once, without finishing what has begun: {}", name, e.toString());
        }
    }

    private void stop(String signal) {
        if (asked.getAndSet(true))
            Runtime.getRuntime().halt(128 + ("INT".equals(signal) ? 2 : 15));
        LOG.info("SIG{}: finishing what has begun; again to leave at once", signal);
        over.countDown();
    }

    /** Ends {@link #await} when {@code done} completes or fails. */
    public void until(Mono<Void> done) {
        done.subscribe(nothing -> {
        }, error -> {
            failure.compareAndSet(null, error);
            over.countDown();
        }, over::countDown);
    }

    /** Ends {@link #await} when {@code failed} fails; its completion means nothing. */
    public void unless(Mono<Void> failed) {
        failed.subscribe(nothing -> {
        }, error -> {
            failure.compareAndSet(null, error);
            over.countDown();
        });
    }

    /**
     * Waits.
     *
     * @return whether a person asked to stop
     * @throws IllegalStateException never; whatever the service failed with is thrown as it is
     */
    public boolean await() throws Exception {
        over.await();
        final Throwable thrown = failure.get();
        if (thrown instanceof Exception exception)
            throw exception;
        if (thrown != null)
            throw new IllegalStateException(thrown);
        return asked.get();
    }

    /** Waits for {@code mono} unless asked to stop first. @return whether it completed */
    public boolean await(Mono<?> mono, Duration atMost) throws Exception {
        final CountDownLatch finished = new CountDownLatch(1);
        final AtomicReference<@Nullable Throwable> error = new AtomicReference<>();
        final var subscription = mono.subscribe(value -> {
        }, thrown -> {
            error.set(thrown);
            finished.countDown();
        }, finished::countDown);
        final long end = System.nanoTime() + atMost.toNanos();
        while (!asked.get() && System.nanoTime() < end) {
            if (finished.await(100, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                if (error.get() instanceof Exception exception)
                    throw exception;
                return true;
            }
        }
        subscription.dispose();
        return false;
    }

    public boolean asked() {
        return asked.get();
    }
}
