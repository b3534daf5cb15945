package retort.trainer.objective;

import java.util.Map;
import java.util.Set;
import retort.settings.Section;

/**
 * Reads the settings of runs with one objective. Implement it to add an objective. An implementation has a public constructor without
 * arguments, and a line with its class name in {@code META-INF/services/retort.trainer.objective.ObjectiveFactory}. Any thread.
 */
public interface ObjectiveFactory {
    /** The word after {@code objective =} in a run, such as {@code distill}. */
    String name();

    /** The keys of a run that this objective reads beside {@link RunKeys#COMMON}. Any other key of a run is refused. */
    Set<String> keys();

    /**
     * Defaults as HOCON: for keys of {@link #keys} that are in no reference.conf, and for common keys whose default differs. A key is
     * looked for in the run's own object, then in the section {@code trainer.NAME} if there is one, then in these defaults, and then in
     * {@code trainer}.
     */
    default String defaults() {
        return "";
    }

    /**
     * Keys of {@link #keys} that an earlier release did not have, each with the value, in the spelling of an identity, that means the same as
     * its absence. At this value a key is no part of the identity of a run, so that the runs of earlier releases go on.
     */
    default Map<String, String> laterKeys() {
        return Map.of();
    }

    /**
     * Reads and checks the settings.
     *
     * @param run a run over all its defaults
     * @throws retort.settings.SettingException if a value is not allowed; the message has the key, the value and the allowed values
     */
    ObjectiveSettings settings(Section run);
}
