package retort.trainer.objective;

import java.util.Set;
import retort.settings.Section;

/**
 * Reads the settings of one kind of run: the door for a new objective. An implementation has a public constructor without arguments
 * and a line with its class name in {@code META-INF/services/retort.trainer.objective.ObjectiveFactory}. Any thread.
 */
public interface ObjectiveFactory {
    /** The word after {@code objective =} in a run, such as {@code distill}. */
    String name();

    /** The keys of a run that this objective reads beside {@link RunKeys#COMMON}. Any other key of a run is refused. */
    Set<String> keys();

    /**
     * Defaults as HOCON, for keys of {@link #keys} that no reference.conf has and for common keys whose default differs. A run's own
     * values come first, then those of the section {@code trainer.NAME} where a reference.conf has one, then these, then those of
     * {@code trainer}.
     */
    default String defaults() {
        return "";
    }

    /**
     * Reads and checks the settings.
     *
     * @param run a run over all its defaults
     * @throws retort.settings.SettingException with the key, the value and what is allowed
     */
    ObjectiveSettings settings(Section run);
}
