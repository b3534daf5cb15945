package retort.settings;

import java.util.Collection;
import java.util.Comparator;

/** Finds the known word that a misspelt word most likely means, by edit distance. */
public final class Nearest {
    private static final int LEAST_DISTANCE = 3;

    private Nearest() {
    }

    /** {@code ": did you mean WORD?"}, or the empty text if no known word is similar. */
    public static String to(String given, Collection<String> known) {
        return known.stream().min(Comparator.comparingInt(word -> distance(word, given)))
                .filter(word -> distance(word, given) <= Math.max(LEAST_DISTANCE, given.length() / 3))
                .map(word -> ": did you mean " + word + "?").orElse("");
    }

    /** Levenshtein's distance: the least number of insertions, deletions and replacements that turn {@code a} into {@code b}. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++)
            row[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            final int[] next = new int[b.length() + 1];
            next[0] = i;
            for (int j = 1; j <= b.length(); j++)
                next[j] = Math.min(Math.min(row[j], next[j - 1]) + 1, row[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1));
            row = next;
        }
        return row[b.length()];
    }
}
