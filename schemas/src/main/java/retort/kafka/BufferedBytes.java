package retort.kafka;

/** The number of bytes that a source holds or a sink has in flight, and its highest value so far. One thread writes, any reads. */
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
