package retort.evaluator;

import retort.evaluator.suite.ConfiguredSuite;
import retort.evaluator.suite.ScoringContext;
import retort.evaluator.suite.Suite;
import retort.evaluator.suite.SuiteDescription;

/**
 * A suite that scores every checkpoint.
 *
 * @param configured the suite with its settings
 * @param context the images and the engine that it scores with
 * @param settingsHash hash of the suite's settings and of the streams that it reads
 * @param stream name of the stream that is scored
 */
record PlannedSuite(ConfiguredSuite configured, ScoringContext context, String settingsHash, String stream) {
    String name() {
        return configured.name();
    }

    Suite suite() {
        return configured.suite();
    }

    SuiteDescription description() {
        return configured.description();
    }
}
