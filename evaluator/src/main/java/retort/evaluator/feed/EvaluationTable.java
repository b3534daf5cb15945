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
import retort.record.Evaluation;

/**
 * Evaluations for people: a row a checkpoint, runs in the order of their first evaluation, and below them k-NN on raw pixels,
 * which a run that has learned something should beat. What classifiers scored has a column where there are any.
 */
public final class EvaluationTable {
    private static final List<String> HEAD = List.of("run", "objective", "step", "k-NN top-1", "reconstruction loss", "top-1");

    private static final String CLASSIFICATION = "classification";

    private EvaluationTable() {
    }

    /** Lines without line ends; empty for no evaluation. */
    public static List<String> of(Collection<Evaluation> evaluations) {
        final List<List<String>> rows = new ArrayList<>();
        byRun(evaluations).forEach((run, steps) -> steps.forEach((step, suites) -> {
            final Evaluation any = suites.values().iterator().next();
            rows.add(List.of(run, any.getObjective(), Long.toString(step), figure(suites, "knn", "top1"),
                    figure(suites, "reconstruction", "loss"), figure(suites, CLASSIFICATION, "top1")));
        }));
        if (rows.isEmpty())
            return List.of();
        rows.addFirst(HEAD);
        Yardstick.in(evaluations).ifPresent(pixels -> rows.add(List.of(Yardstick.RUN, "", "", format(pixels), "", "")));
        final boolean classified = evaluations.stream().anyMatch(each -> each.getSuite().equals(CLASSIFICATION));
        return aligned(rows, classified ? HEAD.size() : HEAD.size() - 1);
    }

    private static Map<String, SortedMap<Long, Map<String, Evaluation>>> byRun(Collection<Evaluation> evaluations) {
        final Map<String, SortedMap<Long, Map<String, Evaluation>>> runs = new LinkedHashMap<>();
        evaluations.stream().filter(evaluation -> !Yardstick.is(evaluation)).sorted(Comparator.comparing(Evaluation::getAt))
                .forEach(evaluation -> runs.computeIfAbsent(evaluation.getRun(), run -> new TreeMap<>())
                        .computeIfAbsent(evaluation.getStep(), step -> new LinkedHashMap<>())
                        .put(evaluation.getSuite(), evaluation));
        return runs;
    }

    private static String figure(Map<String, Evaluation> suites, String suite, String metric) {
        final Evaluation evaluation = suites.get(suite);
        final Double figure = evaluation == null ? null : evaluation.getMetrics().get(metric);
        return figure == null ? "-" : format(figure);
    }

    private static String format(double figure) {
        return String.format(Locale.ROOT, "%.4f", figure);
    }

    /** Columns as wide as their widest cell; text to the left, figures to the right. */
    private static List<String> aligned(List<List<String>> rows, int columns) {
        final int[] widths = IntStream.range(0, columns)
                .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0)).toArray();
        return rows.stream().map(row -> {
            final StringBuilder line = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                final String cell = row.get(column);
                final String space = " ".repeat(widths[column] - cell.length());
                line.append(column == 0 ? "" : "  ").append(column < 2 ? cell + space : space + cell);
            }
            return line.toString().stripTrailing();
        }).toList();
    }
}
