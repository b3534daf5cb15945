package retort.evaluator.feed;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import retort.evaluator.suite.Figure;
import retort.evaluator.suite.SuiteFactory;
import retort.evaluator.suite.Suites;
import retort.record.Evaluation;

/**
 * Formats evaluations as a table. The table has one row for each checkpoint, with runs in the order of their first evaluation, and a last
 * row for the raw pixels. It has one column for the headline figure of each suite that has published an evaluation. A checkpoint that
 * could not be scored shows {@code error}.
 */
public final class EvaluationTable {
    private static final int TEXT_COLUMNS = 2;

    private EvaluationTable() {
    }

    /** The lines of the table, without line feeds. Empty if there is no evaluation. */
    public static List<String> of(Collection<Evaluation> evaluations) {
        final Map<String, Figure> figures = new LinkedHashMap<>();
        Suites.registered().values().stream().map(SuiteFactory::description)
                .filter(suite -> evaluations.stream().anyMatch(each -> each.getSuite().equals(suite.name())))
                .forEach(suite -> figures.put(suite.name(), suite.figure()));
        final List<List<String>> rows = new ArrayList<>();
        byRun(evaluations.stream().filter(each -> !Yardstick.is(each)))
                .forEach((run, steps) -> steps.forEach((step, suites) -> rows.add(row(run,
                        suites.values().iterator().next().getObjective(), Long.toString(step), figures, suites, "-"))));
        if (rows.isEmpty())
            return List.of();
        rows.addFirst(
                Stream.concat(Stream.of("run", "objective", "step"), figures.values().stream().map(Figure::title)).toList());
        byRun(evaluations.stream().filter(Yardstick::is))
                .forEach((run, steps) -> rows.add(row(run, "", "", figures, steps.sequencedValues().getFirst(), "")));
        return aligned(rows);
    }

    /** The latest evaluation by run, then by step, then by suite. */
    private static Map<String, SortedMap<Long, Map<String, Evaluation>>> byRun(Stream<Evaluation> evaluations) {
        final Map<String, SortedMap<Long, Map<String, Evaluation>>> runs = new LinkedHashMap<>();
        evaluations.sorted(Comparator.comparing(Evaluation::getAt))
                .forEach(evaluation -> runs.computeIfAbsent(evaluation.getRun(), run -> new TreeMap<>())
                        .computeIfAbsent(evaluation.getStep(), step -> new LinkedHashMap<>())
                        .put(evaluation.getSuite(), evaluation));
        return runs;
    }

    private static List<String> row(String run, String objective, String step, Map<String, Figure> figures,
            Map<String, Evaluation> suites, String absent) {
        final List<String> row = new ArrayList<>(List.of(run, objective, step));
        figures.forEach((suite, figure) -> {
            final Evaluation evaluation = suites.get(suite);
            final Double value = evaluation == null ? null : evaluation.getMetrics().get(figure.metric());
            if (evaluation != null && evaluation.getError() != null)
                row.add("error");
            else
                row.add(value == null ? absent : String.format(Locale.ROOT, "%.4f", value));
        });
        return row;
    }

    /** Pads every column to its widest cell. Text is aligned left, figures are aligned right. */
    private static List<String> aligned(List<List<String>> rows) {
        final int[] widths = IntStream.range(0, rows.getFirst().size())
                .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0)).toArray();
        return rows.stream().map(row -> {
            final StringBuilder line = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                final String cell = row.get(column);
                final String space = " ".repeat(widths[column] - cell.length());
                line.append(column == 0 ? "" : "  ").append(column < TEXT_COLUMNS ? cell + space : space + cell);
            }
            return line.toString().stripTrailing();
        }).toList();
    }
}
