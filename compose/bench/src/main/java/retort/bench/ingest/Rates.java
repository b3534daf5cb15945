package retort.bench.ingest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import retort.bench.Rounds;

/** The rates of one contestant, turn by turn, for each number of workers. For use by one thread. */
final class Rates {
    private final Map<Integer, List<Double>> turns = new TreeMap<>();

    void add(int workers, double rate) {
        turns.computeIfAbsent(workers, w -> new ArrayList<>()).add(rate);
    }

    /** The median of the turns, or NaN if there are none. */
    double median(int workers) {
        return Rounds.median(turns(workers)).orElse(Double.NaN);
    }

    /** The median of the quotients of all rounds: this contestant's rate divided by the rate of {@code other}. NaN if there are none. */
    double over(Rates other, int workers) {
        return Rounds.quotient(turns(workers), other.turns(workers)).orElse(Double.NaN);
    }

    private List<Double> turns(int workers) {
        return turns.getOrDefault(workers, List.of());
    }
}
