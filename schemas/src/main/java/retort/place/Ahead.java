package retort.place;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A range of an object that is fetched into memory by a thread of its own. One thread takes it or drops it, once. */
final class Ahead {
    private final long start;
    private final long end;
    private final Room.Held held;
    private final CompletableFuture<byte[]> bytes = new CompletableFuture<>();
    private final Thread thread;

    /** Reads the range; blocks. */
    @FunctionalInterface
    interface Reading {
        byte[] read() throws IOException;
    }

    /**
     * Starts at once.
     *
     * @param held closed when the range is dropped
     */
    Ahead(long start, long end, Room.Held held, Reading reading) {
        this.start = start;
        this.end = end;
        this.held = held;
        this.thread = Thread.ofVirtual().name("retort-read-ahead").start(() -> {
            try {
                bytes.complete(reading.read());
            } catch (IOException | RuntimeException | Error e) {
                bytes.completeExceptionally(e);
            }
        });
    }

    long start() {
        return start;
    }

    long end() {
        return end;
    }

    /** Waits for the bytes. */
    byte[] join() throws IOException {
        try {
            return bytes.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case IOException cause -> throw cause;
                case PlaceException cause -> throw cause;
                case null, default -> throw e;
            }
        }
    }

    /** Stops the request if it still runs, and gives the room back when the thread has let go of the bytes. */
    void drop() {
        if (!bytes.isDone())
            thread.interrupt();
        final var _ = bytes.whenComplete((done, failed) -> held.close());
    }
}
