package retort.kafka;

/**
 * Decides which partitions are fetched: one is paused when two fetches of it are buffered and resumed when one or less is,
 * so that it does not flap at every record; one that owes the next sequence is never paused. Confined to the source's thread.
 */
final class FetchGate {
    private final long fetchBytes;
    private final boolean[] paused;

    FetchGate(int partitions, long fetchBytes) {
        this.fetchBytes = fetchBytes;
        this.paused = new boolean[partitions];
    }

    /**
     * Decides anew.
     *
     * @param buffered bytes of {@code partition} that wait to be emitted
     * @param owes whether nothing can be emitted before this partition brings more
     * @return whether the decision differs from the last one; {@link #isPaused} has it
     */
    boolean decide(int partition, long buffered, boolean owes) {
        final boolean before = paused[partition];
        paused[partition] = !owes && (before ? buffered > fetchBytes : buffered >= 2 * fetchBytes);
        return paused[partition] != before;
    }

    boolean isPaused(int partition) {
        return paused[partition];
    }
}
