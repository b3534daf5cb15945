package retort.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CounterRandomTest {
    /** Compares with the known answers of Random123, the implementation by the authors of the paper. */
    @Test
    void isPhilox4x32With10Rounds() {
        assertThat(philox(0, 0, 0, 0, 0, 0)).containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
        assertThat(philox(-1, -1, -1, -1, -1, -1)).containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
        assertThat(philox(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0))
                .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
    }

    @Test
    void theSameKeyDrawsTheSameForEver() {
        final CounterRandom random = CounterRandom.of(7, "crop", 3, 11);
        final CounterRandom again = CounterRandom.of(7, "crop", 3, 11);
        for (int i = 0; i < 100; i++)
            assertThat(random.nextLong()).isEqualTo(again.nextLong());
        // Recorded values: a change would give every resumed run other crops and masks.
        final CounterRandom first = CounterRandom.of(0, "crop", 0, 0);
        assertThat(new int[]{first.nextInt(), first.nextInt(), first.nextInt(), first.nextInt(), first.nextInt()})
                .containsExactly(1804872535, -1413570744, 787064053, 855112401, -1243173061);
    }

    @Test
    void everyPartOfTheKeyCounts() {
        final Set<Long> draws = new HashSet<>();
        for (final long seed : new long[]{0, 1, -1, 1L << 32})
            for (final String purpose : new String[]{"", "crop", "flip"})
                for (final long a : new long[]{0, 1, 1L << 32, -1})
                    for (final long b : new long[]{0, 1, 1L << 32, -1})
                        draws.add(CounterRandom.of(seed, purpose, a, b).nextLong());
        assertThat(draws).hasSize(4 * 3 * 4 * 4);
    }

    @Test
    void boundedDrawsAreUniform() {
        final CounterRandom random = CounterRandom.of(1, "test", 0, 0);
        final int[] counts = new int[6];
        for (int i = 0; i < 60_000; i++)
            counts[random.nextInt(6)]++;
        assertThat(java.util.Arrays.stream(counts).boxed()).as("expected 10000 each, standard deviation 91").allSatisfy(
                count -> assertThat(count).isCloseTo(10_000, within(500)));
        for (int i = 0; i < 1000; i++)
            assertThat(random.nextInt(Integer.MAX_VALUE)).isNotNegative();
        assertThat(random.nextInt(1)).isZero();
        assertThatThrownBy(() -> random.nextInt(0)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("was 0");
    }

    @Test
    void realDrawsHaveTheMomentsTheyClaim() {
        final CounterRandom random = CounterRandom.of(2, "test", 0, 0);
        double uniform = 0;
        double normal = 0;
        double squares = 0;
        double highest = 0;
        double lowest = 1;
        final int n = 50_000;
        for (int i = 0; i < n; i++) {
            uniform += random.uniform(-1, 3);
            final double gaussian = random.nextGaussian();
            normal += gaussian;
            squares += gaussian * gaussian;
            highest = Math.max(highest, Math.max(random.nextFloat(), random.nextDouble()));
            lowest = Math.min(lowest, Math.min(random.nextFloat(), random.nextDouble()));
        }
        assertThat(lowest).isNotNegative();
        assertThat(highest).isLessThan(1);
        assertThat(uniform / n).isCloseTo(1, within(0.03));
        assertThat(normal / n).isCloseTo(0, within(0.03));
        assertThat(squares / n).isCloseTo(1, within(0.04));
    }

    private static int[] philox(int c0, int c1, int c2, int c3, int k0, int k1) {
        final int[] out = new int[4];
        CounterRandom.philox(out, c0, c1, c2, c3, k0, k1);
        return out;
    }
}
