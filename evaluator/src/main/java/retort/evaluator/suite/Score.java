package retort.evaluator.suite;

import java.util.Map;

/**
 * The result of a suite.
 *
 * @param metrics figures by name; holds the headline figure of the suite
 * @param images validation images that count in the figures
 */
public record Score(Map<String, Double> metrics, long images) {
    public Score {
        metrics = Map.copyOf(metrics);
    }
}
