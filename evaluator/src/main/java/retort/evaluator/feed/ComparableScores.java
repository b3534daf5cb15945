package retort.evaluator.feed;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import retort.record.Evaluation;

/**
 * Scores that may be compared. A suite whose settings or images have changed scores every checkpoint again, and the topic keeps both
 * scores. Stateless; any thread.
 */
public final class ComparableScores {
    private ComparableScores() {
    }

    /** The evaluations of each suite that were made under the settings of its latest one; oldest first. */
    public static List<Evaluation> of(Collection<Evaluation> evaluations) {
        final List<Evaluation> ordered = evaluations.stream().sorted(Comparator.comparing(Evaluation::getAt)).toList();
        final Map<String, String> hashes = new HashMap<>();
        ordered.forEach(each -> hashes.put(each.getSuite(), each.getSettingsHash()));
        return ordered.stream().filter(each -> each.getSettingsHash().equals(hashes.get(each.getSuite()))).toList();
    }
}
