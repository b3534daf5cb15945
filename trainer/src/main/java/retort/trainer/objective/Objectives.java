package retort.trainer.objective;

import java.util.Objects;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import retort.settings.Section;

/** Finds objectives by their name, among those that {@link ServiceLoader} knows. Any thread. */
public final class Objectives {
    private Objectives() {
    }

    /**
     * The objective that a run names under {@code objective}.
     *
     * @throws retort.settings.SettingException if it names no objective, or an unknown one
     */
    public static ObjectiveFactory named(Section run) {
        final SortedMap<String, ObjectiveFactory> all = byName();
        return Objects.requireNonNull(all.get(run.oneOf("objective", all.keySet())));
    }

    /** All objectives, in the order of their names. */
    public static SortedMap<String, ObjectiveFactory> byName() {
        return ServiceLoader.load(ObjectiveFactory.class, Objectives.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get).collect(Collectors.toMap(ObjectiveFactory::name, factory -> factory, (a, b) -> {
                    throw new IllegalStateException("two objectives are called " + a.name() + ": " + a.getClass() + " and "
                            + b.getClass());
                }, TreeMap::new));
    }
}
