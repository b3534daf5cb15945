package retort.evaluator;

import retort.evaluator.suite.Suite;
import retort.evaluator.suite.SuiteDescription;

/**
 * A suite that scores every checkpoint.
 *
 * @param description the fixed facts of the suite
 * @param suite the suite with its settings
 * @param settingsHash hash of the suite's settings and of the streams that it reads
 * @param stream name of the stream that is scored
 */
record PlannedSuite(SuiteDescription description, Suite suite, String settingsHash, String stream) {
    String name() {
        return description.name();
    }
}
