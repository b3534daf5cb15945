package retort.compose.study;

import com.typesafe.config.Config;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import retort.settings.Nearest;
import retort.settings.Section;
import retort.settings.SettingException;

/**
 * One axis of the grid.
 *
 * @param name title of its column
 * @param values its values, in the order of the tables; at least one
 */
record Axis(String name, List<Value> values) {
    private static final Set<String> KEYS = Set.of("name", "values");
    private static final Set<String> VALUE_KEYS = Set.of("name", "set", "without");
    private static final int MOST_VALUES = 100;

    /**
     * One value of an axis.
     *
     * @param set settings of runs, by the name of the run in {@code study.runs}
     * @param without the runs that a cell with this value does not have
     */
    record Value(String name, Map<String, Config> set, Set<String> without) {
        Value {
            set = Map.copyOf(set);
            without = Set.copyOf(without);
        }
    }

    Axis {
        values = List.copyOf(values);
    }

    /** @param runs the names in {@code study.runs} */
    static Axis of(Section section, Set<String> runs) {
        section.only(KEYS);
        final List<Section> given = section.sections("values");
        if (given.isEmpty() || given.size() > MOST_VALUES)
            throw section.error("values", given.size() + " values", "must list 1 to " + MOST_VALUES
                    + " values, such as {name = \"75\", set { student.mask-ratio = 0.75 }}");
        final Set<String> names = new HashSet<>();
        return new Axis(StudySettings.name(section), given.stream().map(each -> {
            final Value value = value(each.only(VALUE_KEYS), runs);
            if (!names.add(value.name()))
                throw each.error("name", value.name(), "stands twice on this axis: give each value a name of its own");
            return value;
        }).toList());
    }

    private static Value value(Section section, Set<String> runs) {
        final Map<String, Config> set = new TreeMap<>();
        if (section.has("set"))
            for (final String run : new TreeSet<>(section.section("set").keys())) {
                requireRun(section, "set." + run, run, runs);
                set.put(run, section.section("set").section(run).content());
            }
        final List<String> without = section.has("without") ? section.strings("without") : List.of();
        without.forEach(run -> requireRun(section, "without", run, runs));
        return new Value(StudySettings.name(section), set, Set.copyOf(without));
    }

    private static void requireRun(Section section, String key, String run, Set<String> runs) {
        if (!runs.contains(run))
            throw new SettingException("setting " + section.name(key) + " names run " + run + ", which is none of study.runs"
                    + Nearest.to(run, runs) + ": there are " + runs);
    }

    /** True if a value of this axis changes the settings of run {@code template}. */
    boolean touches(String template) {
        return values.stream().anyMatch(value -> value.set().containsKey(template));
    }
}
