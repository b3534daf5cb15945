package retort.evaluator.suite;

import java.util.Map;

/**
 * What a suite found.
 *
 * @param metrics figures by name
 * @param images validation images scored
 */
public record Score(Map<String, Double> metrics, long images) {
    public Score {
        metrics = Map.copyOf(metrics);
    }
}
