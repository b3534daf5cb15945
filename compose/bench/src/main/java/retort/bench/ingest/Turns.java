package retort.bench.ingest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lets contestants take turns, with one worker and with two. */
final class Turns {
    private static final List<Integer> WORKERS = List.of(1, 2);

    private Turns() {
    }

    /** Runs all turns, and closes the contestants. @return rates in images a second, by contestant and number of workers */
    static Map<CropContestant, Rates> of(List<CropContestant> contestants, int rounds, double seconds) {
        final Map<CropContestant, Rates> rates = new LinkedHashMap<>();
        for (int round = 0; round <= rounds; round++)
            for (final int workers : WORKERS)
                for (final CropContestant contestant : contestants) {
                    final double rate = contestant.turn(workers, seconds);
                    if (round > 0) // the first round warms compilers and caches
                        rates.computeIfAbsent(contestant, first -> new Rates()).add(workers, rate);
                }
        contestants.forEach(CropContestant::close);
        return rates;
    }
}
