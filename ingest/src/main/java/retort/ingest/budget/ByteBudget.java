package retort.ingest.budget;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;
import retort.place.Room;

/**
 * A FIFO semaphore counted in bytes: a small request does not overtake a large one that came first. To avoid deadlock, do not wait for
 * a permit while you hold another permit of the same budget, unless a different thread will release it. Any thread.
 */
public final class ByteBudget {
    private final long bytes;
    private final Queue<Waiting> queue = new ArrayDeque<>();
    private long free;

    private record Waiting(long bytes, CompletableFuture<Permit> granted) {
    }

    /** @param bytes the bytes that may be held at one time, at least 1 */
    public ByteBudget(long bytes) {
        if (bytes < 1)
            throw new IllegalArgumentException("a budget of " + bytes + " bytes");
        this.bytes = bytes;
        this.free = bytes;
    }

    /**
     * Blocks until {@code wanted} bytes are free. A request above the whole budget counts as the whole budget, so its holder is alone.
     *
     * @return a permit that the caller closes
     * @throws InterruptedException if the caller's thread is interrupted; the caller then holds no permit
     */
    public Permit take(long wanted) throws InterruptedException {
        final CompletableFuture<Permit> granted = request(wanted);
        try {
            return granted.get();
        } catch (InterruptedException e) {
            if (!granted.cancel(false))
                granted.join().close();
            throw e;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // no code completes it with an error
        }
    }

    /**
     * As {@link #take}, without a blocked thread. The permit arrives on the thread that releases the bytes. Cancelling withdraws the
     * request, and a permit that is granted at the same moment is closed. A subscriber that takes the permit while it cancels closes
     * it.
     */
    public Mono<Permit> whenFree(long wanted) {
        return Mono.fromFuture(() -> request(wanted)).doOnDiscard(Permit.class, Permit::close);
    }

    /** As {@link #take}, without waiting: empty if the bytes are not free, or if others wait for theirs. */
    public Optional<Permit> tryTake(long wanted) {
        synchronized (this) {
            if (!queue.isEmpty() || wanted > free)
                return Optional.empty();
            free -= wanted;
        }
        return Optional.of(new Permit(this, wanted));
    }

    /** This budget as room for what is fetched ahead. */
    public Room room() {
        return wanted -> tryTake(wanted).map(permit -> permit::close);
    }

    /** The bytes that no permit holds. */
    public synchronized long free() {
        return free;
    }

    private CompletableFuture<Permit> request(long wanted) {
        final CompletableFuture<Permit> granted = new CompletableFuture<>();
        synchronized (this) {
            queue.add(new Waiting(Math.clamp(wanted, 0, bytes), granted));
        }
        serve(0);
        final var _ = granted.whenComplete((permit, cancelled) -> {
            if (cancelled != null)
                serve(0); // the requests behind a withdrawn one may fit now
        });
        return granted;
    }

    private void serve(long given) {
        final List<Waiting> served = new ArrayList<>();
        synchronized (this) {
            free += given;
            for (Waiting head = queue.peek(); head != null
                    && (head.granted.isDone() || head.bytes <= free); head = queue.peek()) {
                queue.remove();
                if (!head.granted.isDone()) {
                    free -= head.bytes;
                    served.add(head);
                }
            }
        }
        for (final Waiting next : served) { // outside the lock, because the receiver's code runs here
            final Permit permit = new Permit(this, next.bytes);
            if (!next.granted.complete(permit))
                permit.close();
        }
    }

    /** A permit for held bytes. Any thread may close it, exactly once. */
    public static final class Permit implements AutoCloseable {
        private final ByteBudget budget;
        private final long bytes;
        private final AtomicBoolean closed = new AtomicBoolean();

        private Permit(ByteBudget budget, long bytes) {
            this.budget = budget;
            this.bytes = bytes;
        }

        /**
         * Releases the bytes.
         *
         * @throws IllegalStateException if the permit is already closed
         */
        @Override
        public void close() {
            if (!closed.compareAndSet(false, true))
                throw new IllegalStateException("a permit for " + bytes + " bytes was closed twice");
            budget.serve(bytes);
        }
    }
}
