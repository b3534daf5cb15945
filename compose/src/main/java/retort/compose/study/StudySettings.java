package retort.compose.study;

import com.typesafe.config.Config;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import retort.settings.Section;
import retort.settings.SettingException;

/**
 * The settings under {@code study}. compose/docs/study.md describes them.
 *
 * @param seeds the seeds of every cell; their order is that of the results
 * @param grid the axes; a cell is a choice of one value of each
 * @param runs the runs of a cell by name, as objects of {@code trainer.runs} without the name
 * @param figures the compared figures
 * @param against the cells that every cell is compared with
 * @param atATime number of runs that train at one time
 * @param equalBudget true to refuse runs of one name that see unequal numbers of images
 * @param streams settings under {@code ingest} of further training streams, by the name of the stream
 */
public record StudySettings(String title, List<Long> seeds, List<Axis> grid, SequencedMap<String, Config> runs,
        List<StudyFigure> figures, List<Reference> against, int atATime, boolean equalBudget, Map<String, Config> streams,
        Bootstrap bootstrap) {
    private static final String NAME = "[A-Za-z0-9_-]{1,30}";
    private static final int MOST_SEEDS = 100;

    /** @throws SettingException if a value is not allowed; the message names the key, the value and the allowed values */
    public static StudySettings from(Config whole) {
        final Section study = Section.of(whole, "study");
        final SequencedMap<String, Config> runs = new LinkedHashMap<>(named(study, "runs", "run", Section::content));
        if (runs.isEmpty())
            throw study.error("runs", "[]", "must list the runs of a cell, such as [{name = student, objective = pretrain}]");
        final Set<String> names = runs.keySet();
        names.stream().filter(name -> !Character.isLetterOrDigit(name.charAt(0))).findFirst().ifPresent(name -> {
            throw study.error("runs", name, "the name of a run must begin with a letter or a digit");
        });
        final List<Axis> grid = study.sections("grid").stream().map(axis -> Axis.of(axis, names)).toList();
        requireDifferent(study, grid.stream().map(Axis::name).toList());
        final List<StudyFigure> figures = study.strings("figures").stream().distinct()
                .map(text -> StudyFigure.parse(text, names)).toList();
        if (figures.isEmpty())
            throw study.error("figures", "[]", "must list what is compared, such as [\"student/knn.top1\"]");
        figures.stream().filter(figure -> figures.stream().anyMatch(other -> other.hasPlotOf(figure))).findFirst()
                .ifPresent(figure -> {
                    throw study.error("figures", figure,
                            "would have the same file for its plot as another one: give a run another name");
                });
        return new StudySettings(title(study), seeds(study), grid, runs, figures,
                study.strings("against").stream().distinct().map(text -> Reference.parse(text, grid)).toList(),
                study.integer("at-a-time", 1, 64), study.bool("equal-budget"),
                named(study, "streams", "stream", Section::content), Bootstrap.of(study.section("bootstrap")));
    }

    private static String title(Section study) {
        final String title = study.string("title");
        if (title.lines().count() > 1)
            throw study.error("title", title.lines().toList(), "must be one line");
        return title;
    }

    private static List<Long> seeds(Section study) {
        final List<Long> seeds = study.longs("seeds");
        if (seeds.isEmpty() || seeds.size() > MOST_SEEDS || new HashSet<>(seeds).size() < seeds.size())
            throw study.error("seeds", seeds, "must list 1 to " + MOST_SEEDS + " different whole numbers, such as [1, 2, 3]");
        return List.copyOf(seeds);
    }

    /** The objects of a list by their key {@code name}, in their order. */
    private static <T> SequencedMap<String, T> named(Section study, String key, String kind, Function<Section, T> read) {
        final SequencedMap<String, T> all = new LinkedHashMap<>();
        for (final Section each : study.sections(key))
            if (all.put(name(each), read.apply(each)) != null)
                throw each.error("name", name(each), "stands twice: give each " + kind + " a name of its own");
        return all;
    }

    private static void requireDifferent(Section study, List<String> axes) {
        if (new LinkedHashSet<>(axes).size() < axes.size())
            throw study.error("grid", axes, "has two axes of one name: give each a name of its own");
    }

    /** The key {@code name} of an object, which becomes a part of the names of runs and files. */
    static String name(Section section) {
        final String name = section.string("name");
        if (!name.matches(NAME))
            throw section.error("name", name, "must be letters, digits, '_' and '-', thirty at most");
        return name;
    }
}
