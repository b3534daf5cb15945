package retort.bench;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** Compares the measurements of contestants round by round. */
public final class Rounds {
    private Rounds() {
    }

    /** The median of {@code values}. For an even number of values, the mean of the two in the middle. Empty without values. */
    public static OptionalDouble median(List<Double> values) {
        final List<Double> all = values.stream().sorted().toList();
        return all.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of((all.get((all.size() - 1) / 2) + all.get(all.size() / 2)) / 2);
    }

    /**
     * The median of the quotients of all rounds. If the speed of the machine drifts, both sides of a round change alike, and their quotient
     * stays the same. A round that only one side has is left out.
     */
    public static OptionalDouble quotient(List<Double> above, List<Double> below) {
        return median(
                IntStream.range(0, Math.min(above.size(), below.size())).mapToObj(i -> above.get(i) / below.get(i)).toList());
    }
}
