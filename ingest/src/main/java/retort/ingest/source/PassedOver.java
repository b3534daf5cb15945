package retort.ingest.source;

import java.util.Collections;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Counts what a source leaves out, by reason, such as {@code "no image ending that is read: .tif"}. Any thread. */
public final class PassedOver {
    /** The largest number of reasons. Reasons may hold arbitrary file endings, so further reasons are counted as one. */
    private static final int MOST_REASONS = 100;
    private static final String OTHERS = "other reasons";

    private final Map<String, Long> counts = new TreeMap<>();

    /** Counts one. */
    public void add(String reason) {
        add(reason, 1);
    }

    /** Counts {@code n}; nothing for 0. */
    public synchronized void add(String reason, long n) {
        if (n > 0)
            counts.merge(counts.containsKey(reason) || counts.size() < MOST_REASONS ? reason : OTHERS, n, Long::sum);
    }

    /** Adds the counts of {@code other}. */
    public void addAll(PassedOver other) {
        other.counts().forEach(this::add);
    }

    /** The counts as of now. */
    public synchronized Map<String, Long> counts() {
        return Collections.unmodifiableMap(new TreeMap<>(counts));
    }

    /** The sum of all counts. */
    public long total() {
        return counts().values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Names the reasons in words, the most frequent first: {@code passed over 1,204: no image 1,200, hidden 4}.
     *
     * @return empty if nothing was left out
     */
    public Optional<String> text() {
        final Map<String, Long> now = counts();
        return now.isEmpty()
                ? Optional.empty()
                : Optional.of(String.format(Locale.ROOT, "passed over %,d: ", now.values().stream().mapToLong(n -> n).sum())
                        + now.entrySet().stream()
                                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                                        .thenComparing(Map.Entry.comparingByKey()))
                                .map(entry -> String.format(Locale.ROOT, "%s %,d", entry.getKey(), entry.getValue()))
                                .collect(Collectors.joining(", ")));
    }

    /** {@link #text()} as the end of a message, after a semicolon; empty if nothing was left out. */
    public String clause() {
        return text().map("; "::concat).orElse("");
    }
}
