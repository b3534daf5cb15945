package retort.evaluator.suite;

import java.util.List;
import java.util.Set;

/**
 * The fixed facts of a suite.
 *
 * @param name the name in {@code evaluator.suites} and in published evaluations; the suite's settings are under
 *        {@code evaluator.NAME}
 * @param figure the headline figure
 * @param roles the streams that the suite reads, as keys of {@code evaluator.streams}; the first is the stream that is scored
 * @param labels true if all these streams must have labels; otherwise the suite is left out, with a warning
 * @param incidental keys of the suite's settings that do not shape its result, such as block sizes and memory limits
 */
public record SuiteDescription(String name, Figure figure, List<String> roles, boolean labels, Set<String> incidental) {
    public SuiteDescription {
        roles = List.copyOf(roles);
        incidental = Set.copyOf(incidental);
        if (name.isBlank() || roles.isEmpty())
            throw new IllegalArgumentException("suite \"" + name + "\" reads streams " + roles + ": give a name and a stream");
    }

    /** The role of the stream that is scored. */
    public String scored() {
        return roles.getFirst();
    }
}
