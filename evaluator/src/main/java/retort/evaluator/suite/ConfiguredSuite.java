package retort.evaluator.suite;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import retort.evaluator.images.ScoredStream;
import retort.record.CheckpointReady;
import retort.settings.Identity;

/**
 * A suite with its settings.
 *
 * @param description the fixed facts of the suite
 * @param identity the settings that shape the result, by their keys under {@code evaluator.NAME}
 * @param suite the suite
 * @param cadence the checkpoints that it scores
 */
public record ConfiguredSuite(SuiteDescription description, Identity identity, Suite suite, Cadence cadence) {
    private static final int HEX_DIGITS = 16;

    public String name() {
        return description.name();
    }

    /**
     * The context in which this suite scores: with a part of the images if its settings say so.
     *
     * @param seed decides which part
     */
    public ScoringContext context(ScoringContext all, long seed) {
        return cadence.subset() == 0 ? all : all.subset(description.scored(), cadence.subset(), seed);
    }

    /**
     * The reason why a checkpoint is passed over; empty if it is scored.
     *
     * @param laterWaits true if the run has a later checkpoint
     */
    public Optional<String> passesOver(CheckpointReady checkpoint, boolean laterWaits) {
        return cadence.passesOver(checkpoint, laterWaits).map(reason -> "evaluator." + name() + "." + reason);
    }

    /** True if {@link #passesOver} depends on later checkpoints. */
    public boolean looksAhead() {
        return cadence.looksAhead();
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
