package retort.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.BitSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PermutationTest {
    @Test
    void takesEveryElementOnce() {
        for (final int size : new int[]{1, 2, 3, 4, 5, 15, 16, 17, 1000, 60_000, 65_537}) {
            final Permutation permutation = Permutation.of(size, 5, "order", 2);
            final BitSet seen = new BitSet(size);
            for (int i = 0; i < size; i++)
                seen.set(Math.toIntExact(permutation.at(i)));
            assertThat(seen.cardinality()).as("size %s", size).isEqualTo(size);
        }
    }

    @Test
    void everyEpochAndSeedHasItsOwnOrder() {
        final long[] first = order(5, "order", 0);
        assertThat(order(5, "order", 0)).isEqualTo(first);
        assertThat(order(5, "order", 1)).isNotEqualTo(first);
        assertThat(order(6, "order", 0)).isNotEqualTo(first);
        assertThat(order(5, "shards", 0)).isNotEqualTo(first);
    }

    @Test
    void neighboursAreScattered() {
        final int size = 10_000;
        final Permutation permutation = Permutation.of(size, 1, "order", 0);
        double distance = 0;
        for (int i = 1; i < size; i++)
            distance += Math.abs(permutation.at(i) - permutation.at(i - 1));
        assertThat(distance / (size - 1)).as("a third of the size, as of a uniform draw").isCloseTo(size / 3.0,
                within(size / 30.0));
    }

    @Test
    void worksAtSizesThatNoTableCouldHold() {
        final long size = 1L << 62;
        final Permutation permutation = Permutation.of(size, 1, "order", 0);
        assertThat(permutation.at(size - 1)).isBetween(0L, size - 1);
        assertThatThrownBy(() -> Permutation.of(size + 1, 1, "order", 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Permutation.of(-1, 1, "order", 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Permutation.of(0, 1, "order", 0).at(0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> permutation.at(size)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static long[] order(long seed, String purpose, long epoch) {
        final Permutation permutation = Permutation.of(100, seed, purpose, epoch);
        return LongStream.range(0, 100).map(permutation::at).toArray();
    }
}
