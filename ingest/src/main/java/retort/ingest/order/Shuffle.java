package retort.ingest.order;

import retort.random.Permutation;

/**
 * Permutations of a stream, one an epoch.
 *
 * @param window samples that a source which only reads forward is shuffled within
 */
public record Shuffle(long seed, int window) {
    /** Of the samples of an epoch. */
    Permutation samples(long size, long epoch) {
        return Permutation.of(size, seed, "order", epoch);
    }

    /** Of the shards of an epoch. */
    Permutation shards(int shards, long epoch) {
        return Permutation.of(shards, seed, "shards", epoch);
    }

    /** Of the samples of one window of an epoch: each window of each epoch has its own. */
    Permutation window(int size, long epoch, long window) {
        return Permutation.of(size, seed, "window " + window, epoch);
    }
}
