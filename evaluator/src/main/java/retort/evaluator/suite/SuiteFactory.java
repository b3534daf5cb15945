package retort.evaluator.suite;

import retort.settings.Section;

/**
 * Implement this to add a way of scoring checkpoints. {@link java.util.ServiceLoader} finds the class, so write its name as one line
 * of a file {@code META-INF/services/retort.evaluator.suite.SuiteFactory} on the class path, and the suite's name into
 * {@code evaluator.suites}. The class is public, with a public constructor without parameters.
 *
 * <p>Give the defaults of the settings, and of streams of a role of your own, in a {@code reference.conf} beside it:
 *
 * <pre>
 * evaluator {
 *   streams.hard = "val-hard"       # read by: new SuiteDescription("contrast", ..., List.of("hard"), ...)
 *   contrast { bins = 64 }          # read by: settings.integer("bins", 1, 256)
 * }
 * </pre>
 */
public interface SuiteFactory {
    /** The facts that hold whatever the settings say. */
    SuiteDescription description();

    /**
     * Makes the suite. Called once, at the start of the evaluator.
     *
     * @param settings the section {@code evaluator.NAME} with its defaults; empty where there is none
     * @throws retort.settings.SettingException names the key, the value and what is allowed
     */
    Suite open(Section settings);
}
