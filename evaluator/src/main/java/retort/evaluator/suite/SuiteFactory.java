package retort.evaluator.suite;

import retort.settings.Section;

/**
 * Implement this interface to add a way of scoring checkpoints. {@link java.util.ServiceLoader} finds the class. Write the name of the
 * class as one line of a file {@code META-INF/services/retort.evaluator.suite.SuiteFactory} on the class path, and the name of the suite
 * into {@code evaluator.suites}. The class is public and has a public constructor without parameters.
 *
 * <p>Put the defaults of its settings, and of streams for roles of its own, into a {@code reference.conf} beside the class:
 *
 * <pre>
 * evaluator {
 *   streams.hard = "val-hard"       # read by: new SuiteDescription("contrast", ..., List.of("hard"), ...)
 *   contrast { bins = 64 }          # read by: settings.integer("bins", 1, 256)
 * }
 * </pre>
 */
public interface SuiteFactory {
    /** The facts that do not depend on settings. */
    SuiteDescription description();

    /**
     * Creates the suite. Called once, at the start of the evaluator.
     *
     * @param settings the section {@code evaluator.NAME} with its defaults; empty if there is none
     * @throws retort.settings.SettingException if a value is not allowed; the message names the key, the value and the allowed values
     */
    Suite open(Section settings);
}
