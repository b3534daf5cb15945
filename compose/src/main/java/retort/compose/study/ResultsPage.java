package retort.compose.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The results as Markdown: a table for each figure, with mean and spread over the seeds, and the paired differences to the cells of
 * {@code study.against}.
 *
 * @param plots the files of the plots of each figure, by the names of the figures
 */
record ResultsPage(Results results, Map<StudyFigure, List<String>> plots) {
    private static final String ABSENT = "-";

    @Override
    public String toString() {
        final Study study = results.study();
        final StudySettings settings = study.settings();
        final StringBuilder text = new StringBuilder("# ")
                .append(settings.title().isEmpty() ? "Study" : settings.title()).append("\n\n")
                .append(size(study.cells().size(), "cell")).append(", ").append(size(settings.seeds().size(), "seed"))
                .append(" (")
                .append(settings.seeds().stream().map(String::valueOf).collect(Collectors.joining(", "))).append("), ")
                .append(size(study.runs().size(), "run")).append(".\n\n");
        budgets(text);
        text.append(
                "Spread is the standard deviation over the seeds. A difference is paired by seed: the mean over the seeds that both cells"
                        + " have. Its interval is a bootstrap of that mean (")
                .append(percent(settings.bootstrap().level()))
                .append("), and bold where it does not hold zero. It is too narrow for few seeds:"
                        + " differences of one sign never hold zero, so of three seeds that says little.\n");
        for (final StudyFigure figure : settings.figures())
            table(text, figure);
        if (!results.missing().isEmpty()) {
            text.append("\n## Missing\n\n");
            results.missing().forEach(sentence -> text.append("- ").append(sentence).append('\n'));
        }
        return text.toString();
    }

    private void budgets(StringBuilder text) {
        text.append("| run | objective | images |\n| --- | --- | --- |\n");
        for (final String template : results.study().settings().runs().keySet()) {
            final List<PlannedRun> runs = results.study().runs().values().stream().filter(run -> run.template().equals(template))
                    .toList();
            if (!runs.isEmpty())
                text.append("| ").append(template).append(" | ")
                        .append(each(runs, run -> results.study().checked(run.name()).objective().name())).append(" | ")
                        .append(each(runs, run -> Study.budget(results.study().checked(run.name())))).append(" |\n");
        }
        text.append('\n');
    }

    private static String each(List<PlannedRun> runs, java.util.function.Function<PlannedRun, String> read) {
        return runs.stream().map(read).distinct().collect(Collectors.joining(", "));
    }

    private void table(StringBuilder text, StudyFigure figure) {
        final StudySettings settings = results.study().settings();
        final List<String> titles = new ArrayList<>(settings.grid().stream().map(Axis::name).toList());
        titles.addAll(List.of("seeds", "mean", "spread", "lowest", "highest"));
        settings.against().forEach(against -> titles.addAll(List.of("minus " + against.text(), "interval")));
        text.append("\n## ").append(figure).append("\n\n");
        figure.better().ifPresent(better -> text.append(better.name().charAt(0))
                .append(better.name().substring(1).toLowerCase(Locale.ROOT)).append(" is better."));
        results.step(figure).ifPresent(step -> text.append(figure.better().isPresent() ? " " : "").append("Measured at step ")
                .append(step).append('.'));
        text.append("\n\n");
        row(text, titles);
        row(text, IntStream.range(0, titles.size()).mapToObj(i -> i < settings.grid().size() ? "---" : "---:").toList());
        for (final Cell cell : results.study().cells())
            if (cell.run(settings.seeds().getFirst(), figure.run()).isPresent())
                row(text, cells(cell, figure));
        for (final String plot : plots.getOrDefault(figure, List.of()))
            text.append("\n![").append(figure).append("](").append(plot).append(")\n");
    }

    private List<String> cells(Cell cell, StudyFigure figure) {
        final List<String> cells = new ArrayList<>(cell.choice());
        final Spread spread = Spread.of(results.values(cell, figure));
        cells.add(Integer.toString(spread.count()));
        for (final double value : new double[]{spread.mean(), spread.deviation(), spread.lowest(), spread.highest()})
            cells.add(number("%.4f", value));
        for (final Reference against : results.study().settings().against()) {
            final Optional<Cell> other = results.reference(cell, against);
            final double[] differences = other.map(found -> results.differences(cell, found, figure)).orElse(new double[0]);
            if (differences.length == 0) {
                cells.addAll(List.of(ABSENT, ABSENT));
                continue;
            }
            final Bootstrap.Interval interval = results.study().settings().bootstrap().mean(differences);
            final String words = number("%+.4f", interval.low()) + " to " + number("%+.4f", interval.high());
            cells.add(number("%+.4f", Spread.of(differences).mean()));
            cells.add(differences.length == 1 ? ABSENT : interval.holds(0) ? words : "**" + words + "**");
        }
        return cells;
    }

    private static void row(StringBuilder text, List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private static String number(String format, double value) {
        return Double.isNaN(value) ? ABSENT : String.format(Locale.ROOT, format, value);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.4g %%", 100 * share).replaceAll("\\.?0+ %", " %");
    }

    private static String size(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
