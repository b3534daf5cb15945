package retort.compose;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import retort.compose.console.Csv;
import retort.evaluator.feed.EvaluationJson;
import retort.evaluator.feed.EvaluationTable;
import retort.record.Evaluation;

/** The formats in which {@code retort evaluations} prints. */
enum EvaluationFormat {
    /** One row for each checkpoint and one column for each suite. With {@code --follow}, one line for each evaluation. */
    TABLE {
        @Override
        List<String> begin() {
            return List.of("%-24s %10s  %-16s %s".formatted("run", "step", "suite", "metrics"));
        }

        @Override
        List<String> lines(Evaluation one) {
            final String metrics = new TreeMap<>(one.getMetrics()).entrySet().stream()
                    .map(metric -> String.format(Locale.ROOT, "%s %.4f", metric.getKey(), metric.getValue()))
                    .collect(Collectors.joining(", "));
            return List.of("%-24s %10d  %-16s %s".formatted(one.getRun(), one.getStep(), one.getSuite(), metrics));
        }

        @Override
        List<String> whole(Collection<Evaluation> evaluations) {
            return EvaluationTable.of(evaluations);
        }
    },
    /** One JSON object for each evaluation. */
    JSON {
        @Override
        List<String> lines(Evaluation one) {
            return List.of(EvaluationJson.line(one));
        }
    },
    /** One row for each metric (RFC 4180), because suites have different metrics. */
    CSV {
        @Override
        List<String> begin() {
            return List.of("at,run,objective,step,suite,metric,value,images,stream,settingsHash");
        }

        @Override
        List<String> lines(Evaluation one) {
            final List<String> rows = new ArrayList<>();
            for (final Map.Entry<String, Double> metric : new TreeMap<>(one.getMetrics()).entrySet())
                rows.add(Csv.line(List.of(one.getAt(), one.getRun(), one.getObjective(), one.getStep(), one.getSuite(),
                        metric.getKey(), metric.getValue(), one.getImages(), one.getStream(), one.getSettingsHash())));
            return rows;
        }
    };

    /** The lines that are printed before the first evaluation. */
    List<String> begin() {
        return List.of();
    }

    /** The lines of one evaluation. */
    abstract List<String> lines(Evaluation one);

    /** All lines of {@code evaluations}, oldest evaluation first. For evaluations that are all known before the first line is printed. */
    List<String> whole(Collection<Evaluation> evaluations) {
        return Stream.concat(begin().stream(),
                evaluations.stream().sorted(Comparator.comparing(Evaluation::getAt)).flatMap(each -> lines(each).stream()))
                .toList();
    }
}
