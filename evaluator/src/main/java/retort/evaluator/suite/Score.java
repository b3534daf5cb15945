package retort.evaluator.suite;

import java.util.List;
import java.util.Map;
import retort.record.Confusion;

/**
 * The result of a suite.
 *
 * @param metrics figures by name; they include the headline figure of the suite
 * @param images number of validation images that count in the figures
 * @param classAccuracy share of right answers, 0 to 1, by class name; empty for suites without classes
 * @param confusions the most frequent confusions of classes, the most frequent one first; empty for suites without classes
 */
public record Score(Map<String, Double> metrics, long images, Map<String, Double> classAccuracy, List<Confusion> confusions) {
    public Score {
        metrics = Map.copyOf(metrics);
        classAccuracy = Map.copyOf(classAccuracy);
        confusions = List.copyOf(confusions);
    }

    /** A result without classes. */
    public Score(Map<String, Double> metrics, long images) {
        this(metrics, images, Map.of(), List.of());
    }
}
