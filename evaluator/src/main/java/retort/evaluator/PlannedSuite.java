package retort.evaluator;

import retort.evaluator.suite.Suite;
import retort.evaluator.suite.SuiteDescription;

/**
 * A suite that will score every checkpoint.
 *
 * @param settingsHash names the suite's settings and the streams that it reads
 * @param stream name of the stream that is scored
 */
record PlannedSuite(SuiteDescription description, Suite suite, String settingsHash, String stream) {
    String name() {
        return description.name();
    }
}
