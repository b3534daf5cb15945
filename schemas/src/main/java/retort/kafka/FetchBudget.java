package retort.kafka;

/**
 * What a reader's bytes are spent on. Every partition has an equal share, and a share is four fetches: two may lie in the
 * source's own buffer before the partition is paused, a third may come in on top of them, a fourth may wait in the client, since
 * pausing does not discard what was fetched. What a producer sent as one
 * batch, which is one record where pixels are sent, is fetched whole even if it is larger than a fetch, but then alone.
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
