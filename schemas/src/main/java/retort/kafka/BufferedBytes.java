package retort.kafka;

/** How many bytes a source holds or a sink has in flight. Written by its thread, read by any. */
final class BufferedBytes {
    private volatile long now;
    private volatile long highest;

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void set(long bytes) {
        now = bytes;
        highest = Math.max(highest, bytes);
    }

    long now() {
        return now;
    }

    long highest() {
        return highest;
    }
}
