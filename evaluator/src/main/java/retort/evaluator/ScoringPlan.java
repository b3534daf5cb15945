package retort.evaluator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.evaluator.suite.ConfiguredSuite;
import retort.evaluator.suite.ScoringContext;
import retort.record.Stream;

/**
 * The suites that score every checkpoint, and the images that they score it with. It is made when the streams are complete.
 *
 * @param context the images and the engine
 * @param suites in the order of the settings
 */
record ScoringPlan(ScoringContext context, List<PlannedSuite> suites) {
    private static final Logger LOG = LoggerFactory.getLogger(ScoringPlan.class);

    ScoringPlan {
        suites = List.copyOf(suites);
    }

    /**
     * Makes a plan. A suite that needs labels is left out, with a warning, if one of its streams has none.
     *
     * @param subsetSeed decides the part of the images that a suite with {@code subset} scores
     */
    static ScoringPlan of(List<ConfiguredSuite> configured, ScoringContext context, long subsetSeed) {
        final List<PlannedSuite> suites = new ArrayList<>();
        for (final ConfiguredSuite suite : configured) {
            final Optional<String> unlabelled = unlabelled(suite, context);
            if (unlabelled.isPresent())
                LOG.warn("suite {} is left out: the images of stream {} have no labels", suite.name(), unlabelled.get());
            else {
                final ScoringContext own = suite.context(context, subsetSeed);
                suites.add(new PlannedSuite(suite, own, suite.settingsHash(own),
                        own.stream(suite.description().scored()).stream().getName()));
            }
        }
        return new ScoringPlan(context, suites);
    }

    private static Optional<String> unlabelled(ConfiguredSuite suite, ScoringContext context) {
        return suite.description().labels()
                ? suite.description().roles().stream().map(role -> context.stream(role).stream())
                        .filter(stream -> stream.getClassNames().isEmpty()).map(Stream::getName).findFirst()
                : Optional.empty();
    }
}
