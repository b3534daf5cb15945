package retort.ingest.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a contestant reached in its turns. Confined to one thread. */
final class Rates {
    private final Map<Integer, List<Double>> turns = new TreeMap<>();

    void add(int workers, double rate) {
        turns.computeIfAbsent(workers, w -> new ArrayList<>()).add(rate);
    }

    double median(int workers) {
        return median(turns.getOrDefault(workers, List.of()));
    }

    /** The median, over the rounds, of this contestant's rate over {@code other}'s in the same round. */
    double over(Rates other, int workers) {
        final List<Double> mine = turns.getOrDefault(workers, List.of());
        final List<Double> theirs = other.turns.getOrDefault(workers, List.of());
        final List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(mine.size(), theirs.size()); i++)
            ratios.add(mine.get(i) / theirs.get(i));
        return median(ratios);
    }

    private static double median(List<Double> values) {
        if (values.isEmpty())
            return Double.NaN;
        final List<Double> sorted = values.stream().sorted().toList();
        final int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }
}
