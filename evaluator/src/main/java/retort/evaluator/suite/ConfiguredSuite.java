package retort.evaluator.suite;

import java.util.SortedMap;
import java.util.TreeMap;
import retort.evaluator.images.ScoredStream;
import retort.settings.Identity;

/**
 * A suite with its settings.
 *
 * @param description the fixed facts of the suite
 * @param identity the settings that shape the result, by their keys under {@code evaluator.NAME}
 * @param suite the suite
 */
public record ConfiguredSuite(SuiteDescription description, Identity identity, Suite suite) {
    private static final int HEX_DIGITS = 16;

    public String name() {
        return description.name();
    }

    /**
     * A hash of everything except the checkpoint that decides the score: the suite's settings and its streams. Two figures are comparable
     * if their hashes are equal.
     *
     * @return 16 hexadecimal digits
     */
    public String settingsHash(ScoringContext context) {
        final SortedMap<String, String> streams = new TreeMap<>();
        for (final String role : description.roles()) {
            final ScoredStream stream = context.stream(role);
            streams.put(role, stream.identity());
        }
        return Identity.of(streams).with(name() + ".", identity).with("suite", name()).hash().substring(0, HEX_DIGITS);
    }
}
