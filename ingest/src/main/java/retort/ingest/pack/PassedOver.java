package retort.ingest.pack;

import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Words for the things that a source has left out, such as {@code passed over 1,204: no image 1,200, hidden 4}. Stateless; any thread. */
public final class PassedOver {
    private PassedOver() {
    }

    /**
     * Names the reasons, the most frequent first.
     *
     * @param counts number of things by reason, as {@link retort.ingest.source.DataSource#passedOver} gives them
     * @return empty if nothing was left out
     */
    public static Optional<String> text(Map<String, Long> counts) {
        final long all = total(counts);
        if (all == 0)
            return Optional.empty();
        return Optional.of(String.format(Locale.ROOT, "passed over %,d: ", all) + counts.entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(entry -> String.format(Locale.ROOT, "%s %,d", entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", ")));
    }

    /** The sum of all counts. */
    public static long total(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
