package retort.evaluator.history;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import retort.record.Rejected;
import retort.settings.Secrets;

/**
 * Counts of what was set aside, by source and reason. Numbers in a reason do not tell it from another one. Reasons beyond
 * {@link #MOST_REASONS} are counted as {@link #OTHER}. Confined to one thread.
 */
final class HeldRejections {
    static final int MOST_REASONS = 50;
    private static final String OTHER = "other reasons";

    private final SequencedMap<Kind, Count> kinds = new LinkedHashMap<>();
    private long total;

    private record Kind(String source, String reason) {
    }

    private record Count(long count, Instant at, String what, String where) {
    }

    void add(Rejected rejected) {
        total++;
        final Kind exact = new Kind(safe(rejected.getSource()), safe(rejected.getReason().replaceAll("\\d+", "#")));
        final Kind kind = kinds.containsKey(exact) || kinds.size() < MOST_REASONS ? exact : new Kind("", OTHER);
        final @Nullable Count before = kinds.get(kind);
        kinds.put(kind, new Count(before == null ? 1 : before.count() + 1, rejected.getAt(), safe(rejected.getWhat()),
                safe(rejected.getWhere())));
    }

    private static String safe(String text) {
        return Secrets.withoutPasswords(Bounds.words(text));
    }

    void forget() {
        kinds.clear();
        total = 0;
    }

    /** {@code total}, and {@code reasons} with the latest case of each. */
    ObjectNode json(ObjectNode to) {
        to.put("total", total);
        final var reasons = to.putArray("reasons");
        kinds.forEach((kind, count) -> reasons.addObject().put("source", kind.source()).put("reason", kind.reason())
                .put("count", count.count()).put("at", count.at().toString()).put("what", count.what())
                .put("where", count.where()));
        return to;
    }
}
