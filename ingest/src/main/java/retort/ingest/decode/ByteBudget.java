package retort.ingest.decode;

import java.util.concurrent.Semaphore;

/**
 * The bytes that decoded images may hold at one time, whoever decodes them. A thread takes permits before it decodes, holds no
 * others while it waits for them, and closes them when the pixels are gone; so waiting always ends. Any thread.
 */
public final class ByteBudget {
    private static final int UNIT = 1024;

    private final Semaphore permits;
    private final int units;

    /** @param bytes at least 1 KiB */
    public ByteBudget(long bytes) {
        this.units = Math.toIntExact(Math.max(1, bytes / UNIT));
        this.permits = new Semaphore(units, true);
    }

    /**
     * Waits until {@code bytes} are free. More than the whole budget counts as the whole of it: such an image is decoded alone.
     *
     * @throws InterruptedException when the pool is stopped
     */
    public Permit take(long bytes) throws InterruptedException {
        final int wanted = Math.clamp((bytes + UNIT - 1) / UNIT, 1, units);
        permits.acquire(wanted);
        return new Permit(permits, wanted);
    }

    /** Bytes that nobody holds. */
    public long free() {
        return (long) permits.availablePermits() * UNIT;
    }

    /** Held bytes; close once. */
    public static final class Permit implements AutoCloseable {
        private final Semaphore permits;
        private final int units;

        private Permit(Semaphore permits, int units) {
            this.permits = permits;
            this.units = units;
        }

        @Override
        public void close() {
            permits.release(units);
        }
    }
}
