package retort.compose.study;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import retort.settings.SettingException;
import retort.trainer.objective.WeightsSource;
import retort.trainer.settings.Epochs;
import retort.trainer.settings.RunSettings;
import retort.trainer.settings.TrainerSettings;

/**
 * A study as cells and runs. Immutable; any thread.
 *
 * @param cells all combinations; the last axis changes fastest
 * @param runs the runs by name, each after those that it needs; all of a seed stand before those of the next
 * @param checked the settings of the runs as the trainer reads them, by name
 */
record Study(StudySettings settings, List<Cell> cells, SequencedMap<String, PlannedRun> runs,
        Map<String, RunSettings> checked) {
    private static final int MOST_CELLS = 10_000;
    private static final String RUNS = "trainer.runs";

    /**
     * Expands and checks the study of a file.
     *
     * @param config the settings of the file over the defaults
     * @throws SettingException if a setting is not allowed, also one of a run
     */
    static Study of(Config config) {
        if (!config.getConfigList(RUNS).isEmpty())
            throw new SettingException(RUNS, config.getConfigList(RUNS).size() + " runs",
                    "must be [] in a study, which lists its runs in study.runs");
        for (final String key : List.of("trainer.teacher", "trainer.finetune.init"))
            if (config.getString(key).startsWith("run:"))
                throw new SettingException(key, config.getString(key), "must stand in the object of a run of study.runs");
        final StudySettings settings = StudySettings.from(config);
        final List<List<Axis.Value>> choices = choices(settings.grid());
        final SequencedMap<String, PlannedRun> runs = new LinkedHashMap<>();
        final List<Map<Long, Map<String, String>>> names = choices.stream()
                .<Map<Long, Map<String, String>>>map(choice -> new HashMap<>()).toList();
        for (final long seed : settings.seeds())
            for (int cell = 0; cell < choices.size(); cell++)
                names.get(cell).put(seed, new CellRuns(settings, choices.get(cell), seed).addTo(runs));
        final List<Cell> cells = IntStream.range(0, choices.size())
                .mapToObj(cell -> new Cell(choices.get(cell).stream().map(Axis.Value::name).toList(), names.get(cell))).toList();
        final Map<String, RunSettings> checked = new LinkedHashMap<>();
        runs.values().forEach(run -> checked.put(run.name(), checked(config, run)));
        final Study study = new Study(settings, cells, runs, checked);
        if (settings.equalBudget())
            study.requireEqualBudgets();
        return study;
    }

    private static List<List<Axis.Value>> choices(List<Axis> grid) {
        List<List<Axis.Value>> choices = List.of(List.of());
        for (final Axis axis : grid) {
            if ((long) choices.size() * axis.values().size() > MOST_CELLS)
                throw new SettingException("study.grid", grid.stream().map(Axis::name).toList(),
                        "has more than " + MOST_CELLS + " cells: give fewer values");
            choices = choices.stream().flatMap(choice -> axis.values().stream().map(value -> {
                final List<Axis.Value> longer = new ArrayList<>(choice);
                longer.add(value);
                return List.copyOf(longer);
            })).toList();
        }
        return choices;
    }

    private static RunSettings checked(Config config, PlannedRun run) {
        try {
            final RunSettings settings = TrainerSettings.from(over(config, List.of(run))).runs().getFirst();
            requireNamed(run, settings);
            return settings;
        } catch (SettingException e) {
            throw new SettingException("study.runs, run " + run.name() + ": "
                    + String.valueOf(e.getMessage()).replace(RUNS + "[0].", ""));
        }
    }

    /** The runs that a run builds on stand in its own object, where they are given the names of the cell. */
    private static void requireNamed(PlannedRun run, RunSettings settings) {
        for (final WeightsSource source : settings.objective().sources())
            if (source instanceof WeightsSource.Run(String name) && !run.needs().contains(name))
                throw new SettingException(
                        source + " is a default of the section trainer: it must stand in the object of a run of study.runs");
    }

    /** {@code config} with these runs as those of the trainer. */
    static Config over(Config config, Collection<PlannedRun> runs) {
        return config.withValue(RUNS,
                ConfigValueFactory.fromIterable(runs.stream().map(run -> run.settings().root().unwrapped()).toList()));
    }

    /** The runs that are compared must see equally many images in all cells. */
    private void requireEqualBudgets() {
        for (final StudyFigure figure : settings.figures()) {
            final List<RunSettings> compared = runs.values().stream().filter(run -> run.template().equals(figure.run()))
                    .map(run -> checked(run.name())).toList();
            requireEqual(compared, Study::budget, "");
            figure.step().ifPresent(step -> requireEqual(compared, run -> step * run.batch() + " images", " by step " + step));
        }
    }

    /** A run of this study. */
    PlannedRun run(String name) {
        return Objects.requireNonNull(runs.get(name), name);
    }

    private static void requireEqual(List<RunSettings> compared, Function<RunSettings, String> budget, String when) {
        compared.stream().filter(run -> !budget.apply(run).equals(budget.apply(compared.getFirst()))).findFirst()
                .ifPresent(other -> {
                    throw new SettingException("run " + compared.getFirst().name() + " sees "
                            + budget.apply(compared.getFirst()) + " and run " + other.name() + " sees " + budget.apply(other)
                            + when + ", so their figures do not compare: give them equal budgets, or set"
                            + " study.equal-budget = false");
                });
    }

    /** {@code reasons} by run, and the same for the runs that build on these. */
    Map<String, String> withThoseThatBuildOn(Map<String, String> reasons) {
        final Map<String, String> all = new HashMap<>(reasons);
        runs.values().forEach(run -> run.needs().stream().filter(all::containsKey).findFirst()
                .ifPresent(needed -> all.putIfAbsent(run.name(), "it builds on run " + needed + ": " + all.get(needed))));
        return all;
    }

    /** The settings of a run of this study. */
    RunSettings checked(String run) {
        return Objects.requireNonNull(checked.get(run), run);
    }

    /** The settings of all runs. */
    Collection<RunSettings> checkedRuns() {
        return checked.values();
    }

    /** The images that a run sees, for people. Epochs of another stream hold another number of them. */
    static String budget(RunSettings run) {
        return run.epochs().map(Epochs::number).map(epochs -> epochs + " epochs of stream " + run.stream())
                .orElseGet(() -> Math.multiplyExact(run.steps(), (long) run.batch()) + " images");
    }
}
