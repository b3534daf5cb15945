package retort.trainer.settings;

import java.util.List;
import java.util.Set;
import retort.settings.Section;

/**
 * The checkpoints of a run that are kept. The newest one and the final one are always kept.
 *
 * @param last number of newest checkpoints that are kept; 0 if none is ever deleted
 * @param every checkpoints whose step is a multiple of this number are kept; 0 for none
 * @param best metrics of {@code promotions} whose best checkpoint is kept, such as {@code knn.top1}; {@code *} for all metrics
 */
public record KeepPolicy(int last, long every, Set<String> best) {
    private static final String ALL = "*";
    private static final Set<String> KEYS = Set.of("last", "every", "best");

    public KeepPolicy {
        best = Set.copyOf(best);
    }

    static KeepPolicy of(Section section) {
        section.only(KEYS);
        final int last = section.integer("last", 0, Integer.MAX_VALUE);
        final long every = section.number("every", 0, Long.MAX_VALUE);
        if (last == 0 && every > 0)
            throw section.error("every", every,
                    "must be 0 while keep.last is 0, because then every checkpoint is kept: set keep.last");
        final List<String> best = section.strings("best");
        best.stream().filter(metric -> !metric.equals(ALL) && !metric.matches("[^.]+\\..+")).findFirst().ifPresent(metric -> {
            throw section.error("best", metric, "must be SUITE.METRIC, such as knn.top1, or * for every metric");
        });
        return new KeepPolicy(last, every, Set.copyOf(best));
    }

    /** True if checkpoints may be deleted. */
    public boolean deletes() {
        return last > 0;
    }

    /** True if the checkpoint of {@code step} is kept whatever its place among the others. */
    public boolean keepsStep(long step) {
        return every > 0 && step % every == 0;
    }

    /** True if the best checkpoint by {@code metric} is kept. */
    public boolean keepsBest(String metric) {
        return best.contains(ALL) || best.contains(metric);
    }
}
