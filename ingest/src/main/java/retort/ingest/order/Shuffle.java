package retort.ingest.order;

import java.util.function.LongUnaryOperator;
import retort.random.Permutation;

/** The orders of a stream, functions of its seed. */
public record Shuffle(long seed) {
    /** Of the samples of an epoch. */
    LongUnaryOperator samples(long size, long epoch) {
        return Permutation.of(size, seed, "order", epoch)::at;
    }

    /** Of the shards of an epoch. */
    LongUnaryOperator shards(int shards, long epoch) {
        return Permutation.of(shards, seed, "shards", epoch)::at;
    }

    /** Of the samples of the window of an epoch that begins at {@code place}. */
    LongUnaryOperator window(int size, long epoch, long place) {
        return Permutation.of(size, seed, "window " + place, epoch)::at;
    }
}
