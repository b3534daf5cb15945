package retort.compose.study;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import retort.settings.SettingException;
import retort.trainer.objective.SecondTeacher;
import retort.trainer.objective.Start;
import retort.trainer.objective.TeacherSource;

/**
 * Expands the runs of one cell and one seed: those that its figures name, and those that these build on. Confined to one call of
 * {@link #addTo}.
 */
final class CellRuns {
    private static final String RUN = "run:";
    /** The keys of a run that may name another one. */
    private static final List<String> REFERENCES = List.of(TeacherSource.KEY, SecondTeacher.WEIGHTS, Start.KEY);

    private final StudySettings settings;
    private final List<Axis.Value> choice;
    private final long seed;
    /** The expanded runs by the name in the file. */
    private final Map<String, Expanded> expanded = new HashMap<>();
    private final Set<String> under = new LinkedHashSet<>();

    /**
     * @param axes positions of the axes that change the run, or a run that it needs
     * @param seeded false if the run is the same for every seed
     */
    private record Expanded(PlannedRun run, Set<Integer> axes, boolean seeded) {
    }

    CellRuns(StudySettings settings, List<Axis.Value> choice, long seed) {
        this.settings = settings;
        this.choice = choice;
        this.seed = seed;
    }

    /**
     * Adds the runs to {@code all}, each after those that it needs.
     *
     * @return the names by the name in the file
     */
    Map<String, String> addTo(Map<String, PlannedRun> all) {
        for (final StudyFigure figure : settings.figures())
            if (!isLeftOut(figure.run()))
                expand(figure.run(), all);
        final Map<String, String> names = new HashMap<>();
        expanded.forEach((template, found) -> names.put(template, found.run.name()));
        return Map.copyOf(names);
    }

    private boolean isLeftOut(String template) {
        return choice.stream().anyMatch(value -> value.without().contains(template));
    }

    private Expanded expand(String template, Map<String, PlannedRun> all) {
        final Expanded known = expanded.get(template);
        if (known != null)
            return known;
        if (!under.add(template))
            throw new SettingException("study.runs: " + String.join(" builds on ", under) + " builds on " + template
                    + ": a run cannot build on itself");
        Config own = merged(template);
        final Set<Integer> axes = new LinkedHashSet<>();
        for (int i = 0; i < settings.grid().size(); i++)
            if (settings.grid().get(i).touches(template))
                axes.add(i);
        boolean seeded = !own.hasPath("seed");
        final List<String> needs = new ArrayList<>();
        for (final String key : REFERENCES)
            if (names(own, key)) {
                final Expanded needed = needed(template, key, own.getString(key).substring(RUN.length()), all);
                own = own.withValue(key, ConfigValueFactory.fromAnyRef(RUN + needed.run.name()));
                needs.add(needed.run.name());
                axes.addAll(needed.axes);
                seeded |= needed.seeded;
            }
        if (!own.hasPath("seed"))
            own = own.withValue("seed", ConfigValueFactory.fromAnyRef(seed));
        final String name = name(template, axes, seeded);
        final PlannedRun run = new PlannedRun(name, name(template, axes, false), template,
                own.withValue("name", ConfigValueFactory.fromAnyRef(name)), needs);
        final PlannedRun other = all.putIfAbsent(name, run);
        if (other != null && !other.equals(run))
            throw new SettingException("study.grid: two different runs would have the name " + name
                    + ": give values of different axes different names");
        under.remove(template);
        final Expanded found = new Expanded(run, axes, seeded);
        expanded.put(template, found);
        return found;
    }

    /** True if {@code key} names another run. Other values are the trainer's to check. */
    private static boolean names(Config run, String key) {
        return run.hasPath(key) && run.getValue(key).valueType() == ConfigValueType.STRING && run.getString(key).startsWith(RUN);
    }

    private Expanded needed(String template, String key, String name, Map<String, PlannedRun> all) {
        if (!settings.runs().containsKey(name))
            throw new SettingException(
                    "study.runs, run " + template + ": " + key + " = " + RUN + name + ": study.runs has no run "
                            + name + ", there are " + settings.runs().keySet());
        if (isLeftOut(name))
            throw new SettingException("study.grid: cell " + String.join(" ", choice.stream().map(Axis.Value::name).toList())
                    + " leaves run " + name + " out, and run " + template + " builds on it by " + key + " = " + RUN + name
                    + ": set another " + key + " there, or keep the run");
        return expand(name, all);
    }

    /** The run of the file with the settings of this cell over it. */
    private Config merged(String template) {
        Config set = ConfigFactory.empty();
        for (int i = 0; i < choice.size(); i++) {
            final Config more = choice.get(i).set().get(template);
            if (more == null)
                continue;
            requireDifferent(set.root(), more.root(), template);
            set = more.withFallback(set);
        }
        return set.withFallback(settings.runs().get(template));
    }

    private void requireDifferent(ConfigObject set, ConfigObject more, String under) {
        for (final String key : more.keySet())
            if (set.get(key) instanceof ConfigObject all && more.get(key) instanceof ConfigObject own)
                requireDifferent(all, own, under + "." + key);
            else if (set.containsKey(key))
                throw new SettingException("study.grid: two axes set " + under + "." + key + " of cell "
                        + String.join(" ", choice.stream().map(Axis.Value::name).toList())
                        + ": a setting belongs to one axis");
    }

    private String name(String template, Set<Integer> axes, boolean seeded) {
        final StringBuilder name = new StringBuilder(template);
        for (int i = 0; i < choice.size(); i++)
            if (axes.contains(i))
                name.append('.').append(choice.get(i).name());
        if (seeded)
            name.append(".s").append(seed);
        return name.toString();
    }
}
