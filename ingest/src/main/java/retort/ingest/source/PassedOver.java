package retort.ingest.source;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** Counts what a source leaves out, by reason. Any thread. */
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

    /** The counts for the end of a message, as {@code "; passed over: a 3, b 1"}; empty if nothing was counted. */
    public synchronized String text() {
        final StringBuilder text = new StringBuilder();
        counts.forEach(
                (reason, n) -> text.append(text.isEmpty() ? "; passed over: " : ", ").append(reason).append(' ').append(n));
        return text.toString();
    }
}
