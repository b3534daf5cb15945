package retort.ingest.decode;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import reactor.core.publisher.Mono;

/**
 * Bytes that may be held at one time, whoever holds them; first come, first served. Whoever waits holds no others of the same
 * budget, or only such as are given back without its help; so waiting always ends. Any thread.
 */
public final class ByteBudget {
    private final long bytes;
    private final Queue<Waiting> queue = new ArrayDeque<>();
    private long free;

    private record Waiting(long bytes, CompletableFuture<Permit> granted) {
    }

    public ByteBudget(long bytes) {
        if (bytes < 1)
            throw new IllegalArgumentException("a budget of " + bytes + " bytes");
        this.bytes = bytes;
        this.free = bytes;
    }

    /**
     * Waits until {@code wanted} bytes are free. More than the whole budget counts as the whole of it: its holder is alone.
     *
     * @throws InterruptedException when the pool is stopped
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
            throw new IllegalStateException(e); // nobody fails it
        }
    }

    /** As {@link #take}, without a thread that waits: granted on the thread that gives bytes back. */
    public Mono<Permit> whenFree(long wanted) {
        return Mono.fromFuture(() -> request(wanted));
    }

    /** Bytes that nobody holds. */
    public synchronized long free() {
        return free;
    }

    private CompletableFuture<Permit> request(long wanted) {
        final CompletableFuture<Permit> granted = new CompletableFuture<>();
        synchronized (this) {
            queue.add(new Waiting(Math.clamp(wanted, 0, bytes), granted));
        }
        serve(0);
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
        for (final Waiting next : served) { // outside the lock: what hangs on the grant runs here
            final Permit permit = new Permit(this, next.bytes);
            if (!next.granted.complete(permit))
                permit.close();
        }
    }

    /** Held bytes; close once. */
    public static final class Permit implements AutoCloseable {
        private final ByteBudget budget;
        private final long bytes;

        private Permit(ByteBudget budget, long bytes) {
            this.budget = budget;
            this.bytes = bytes;
        }

        @Override
        public void close() {
            budget.serve(bytes);
        }
    }
}
