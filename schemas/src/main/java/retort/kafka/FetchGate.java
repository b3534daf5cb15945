package retort.kafka;

import java.util.Arrays;

/**
 * Decides which partitions are fetched. A partition is paused when two of its fetches are buffered, and resumed when at most one is
 * buffered, so that its state does not change with every record. A partition that owes the next record is never paused. Confined to the
 * source's thread.
 */
final class FetchGate {
    private final long fetchBytes;
    private boolean[] paused;

    FetchGate(int partitions, long fetchBytes) {
        this.fetchBytes = fetchBytes;
        this.paused = new boolean[partitions];
    }

    /** Makes room for partitions 0 to {@code partitions} - 1. A new one is not paused. */
    void grow(int partitions) {
        paused = Arrays.copyOf(paused, partitions);
    }

    /**
     * Decides anew for one partition.
     *
     * @param buffered bytes of {@code partition} that wait to be emitted
     * @param owes true if nothing can be emitted before this partition brings more records
     * @return true if the decision differs from the last one; {@link #isPaused} returns the decision
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
