package retort.kafka;

/** A count of bytes, held by a source or in flight in a sink, and its highest value so far. One thread writes it; any thread reads. */
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
