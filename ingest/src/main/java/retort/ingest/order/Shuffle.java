package retort.ingest.order;

import java.util.function.LongUnaryOperator;
import retort.random.Permutation;

/** The random orders of a stream. Each order is a function of the seed and gives the index for each place. */
public record Shuffle(long seed) {
    /** The order of the samples of an epoch. */
    LongUnaryOperator samples(long size, long epoch) {
        return Permutation.of(size, seed, "order", epoch)::at;
    }

    /** The order of the shards of an epoch. */
    LongUnaryOperator shards(int shards, long epoch) {
        return Permutation.of(shards, seed, "shards", epoch)::at;
    }

    /** The order of the samples of the window that begins at {@code place} of an epoch. */
    LongUnaryOperator window(int size, long epoch, long place) {
        return Permutation.of(size, seed, "window " + place, epoch)::at;
    }
}
