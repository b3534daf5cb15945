package retort.evaluator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import retort.evaluator.suite.Figure;
import retort.evaluator.suite.Figure.Better;
import retort.settings.Section;

/**
 * A figure by which checkpoints of a run are promoted, and the limits that it is held against.
 *
 * @param suite name of the suite
 * @param figure the figure; its title is not used
 * @param threshold a checkpoint with a worse figure is not promoted; empty for none
 * @param regression a figure that is worse than the best of its run by more than this is a regression; empty if none is told
 */
record Gate(String suite, Figure figure, OptionalDouble threshold, OptionalDouble regression) {
    private static final String METRIC = "metric";
    private static final String BETTER = "better";
    private static final double MOST = 1e12;

    /** The name of the figure on the topic {@code promotions}, such as {@code knn.top1}. */
    String metric() {
        return suite + "." + figure.metric();
    }

    /** True if the figure may promote a checkpoint: it meets the threshold and improves on the best one before it. */
    boolean promotes(double value, OptionalDouble best) {
        return !Double.isNaN(value) && (best.isEmpty() || figure.improves(value, best.getAsDouble()))
                && (threshold.isEmpty() || value == threshold.getAsDouble() || figure.improves(value, threshold.getAsDouble()));
    }

    /** True if the figure is worse than the best one by more than the limit. */
    boolean regresses(double value, OptionalDouble best) {
        return regression.isPresent() && best.isPresent() && figure.improves(best.getAsDouble(), value)
                && Math.abs(value - best.getAsDouble()) > regression.getAsDouble();
    }

    /**
     * The gates by suite: the headline figure of every suite, and {@code evaluator.gates}. A gate in the settings replaces the one of a
     * headline figure.
     *
     * @param headlines headline figure by name of the suite
     * @throws retort.settings.SettingException if a gate is not allowed
     */
    static Map<String, List<Gate>> all(Section evaluator, Map<String, Figure> headlines) {
        final Map<String, Gate> gates = new LinkedHashMap<>();
        headlines.forEach((suite, figure) -> add(gates, new Gate(suite, figure, OptionalDouble.empty(), OptionalDouble.empty())));
        evaluator.sections("gates").forEach(section -> add(gates, of(section, headlines)));
        final Map<String, List<Gate>> bySuite = new LinkedHashMap<>();
        gates.values().forEach(gate -> bySuite.computeIfAbsent(gate.suite(), suite -> new ArrayList<>()).add(gate));
        return bySuite;
    }

    private static void add(Map<String, Gate> gates, Gate gate) {
        gates.put(gate.metric(), gate);
    }

    private static Gate of(Section section, Map<String, Figure> headlines) {
        section.only(Set.of(METRIC, BETTER, "threshold", "regression"));
        final String metric = section.string(METRIC);
        final String suite = headlines.keySet().stream().filter(name -> metric.startsWith(name + ".")).findFirst()
                .orElseThrow(() -> section.error(METRIC, metric,
                        "must be SUITE.METRIC, such as knn.top1, with a suite of " + headlines.keySet()));
        final String name = metric.substring(suite.length() + 1);
        final Better better = section.has(BETTER)
                ? Better.valueOf(section.oneOf(BETTER, Set.of("higher", "lower")).toUpperCase(java.util.Locale.ROOT))
                : Optional.ofNullable(headlines.get(suite)).filter(figure -> figure.metric().equals(name)).map(Figure::better)
                        .orElseThrow(() -> section.error(BETTER, "", "must be higher or lower for " + metric
                                + ", which is not the headline figure of its suite"));
        return new Gate(suite, new Figure(name, name, better), limit(section, "threshold", -MOST),
                limit(section, "regression", 0));
    }

    private static OptionalDouble limit(Section section, String key, double least) {
        return section.has(key) ? OptionalDouble.of(section.real(key, least, MOST)) : OptionalDouble.empty();
    }
}
