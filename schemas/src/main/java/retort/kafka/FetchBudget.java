package retort.kafka;

/**
 * The size of a reader's fetches, computed from its budget of bytes. Every partition has an equal share of the budget, and a share is four
 * fetches. Two fetches may lie in the source's buffer before the partition is paused. A third may arrive on top of them. A fourth may wait in
 * the client, because pausing does not discard it. A broker returns at least one whole record batch, even above the fetch limit. Ingest sends
 * one record per batch, so an oversized record arrives alone.
 * <p>
 * The values of records are slices of the buffer into which their fetch was received. The partitions of one fetch share it, and it is freed with
 * the last of its records. A fetch with records of several partitions is at most {@code fetchBytes} in all.
 *
 * @param fetchBytes bytes of one fetch
 */
record FetchBudget(int fetchBytes) {
    private static final int FETCHES_PER_SHARE = 4;
    private static final int LEAST = 1024;
    private static final int MOST = 64 << 20;

    static FetchBudget of(long budgetBytes, int partitions) {
        if (budgetBytes <= 0)
            throw new IllegalArgumentException("budgetBytes must be positive, was " + budgetBytes);
        return new FetchBudget(Math.clamp(budgetBytes / partitions / FETCHES_PER_SHARE, LEAST, MOST));
    }

    /** Bytes of all fetches that may be held. */
    long most(int partitions) {
        return (long) fetchBytes * FETCHES_PER_SHARE * partitions;
    }
}
