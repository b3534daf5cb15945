package retort.kafka;

/**
 * What a reader's bytes are spent on. Every partition has an equal share, and a share is four fetches: two may lie in the
 * source's own buffer before the partition is paused, a third may come in on top of them, a fourth may wait in the client, since
 * pausing does not discard what was fetched. A record larger than a fetch is still fetched, alone.
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
}
