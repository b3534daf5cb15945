package retort.bench;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** Compares contestants by what they measured round by round. */
public final class Rounds {
    private Rounds() {
    }

    /** The median of {@code values}; for an even number of them, the mean of the two in the middle. */
    public static OptionalDouble median(List<Double> values) {
        final List<Double> all = values.stream().sorted().toList();
        return all.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of((all.get((all.size() - 1) / 2) + all.get(all.size() / 2)) / 2);
    }

    /**
     * The median of the quotients of each round: when the speed of the machine drifts, it changes both sides of a round, and their
     * quotient stays. Rounds that only one side has are left out.
     */
    public static OptionalDouble quotient(List<Double> above, List<Double> below) {
        return median(
                IntStream.range(0, Math.min(above.size(), below.size())).mapToObj(i -> above.get(i) / below.get(i)).toList());
    }
}
