package retort.evaluator.suite;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import retort.record.Confusion;

/**
 * The result of a suite.
 *
 * @param metrics figures by name; they include the headline figure of the suite
 * @param images number of validation images that count in the figures
 * @param classAccuracy share of right answers, 0 to 1, by class name; empty for suites without classes
 * @param confusions the most frequent confusions of classes, the most frequent one first; empty for suites without classes
 * @param picture is published beside the evaluation; empty for suites without pictures
 */
public record Score(Map<String, Double> metrics, long images, Map<String, Double> classAccuracy, List<Confusion> confusions,
        Optional<SuitePicture> picture) {
    public Score {
        metrics = Map.copyOf(metrics);
        classAccuracy = Map.copyOf(classAccuracy);
        confusions = List.copyOf(confusions);
    }

    /** A result without classes. */
    public Score(Map<String, Double> metrics, long images) {
        this(metrics, images, Map.of(), List.of());
    }

    /** A result without a picture. */
    public Score(Map<String, Double> metrics, long images, Map<String, Double> classAccuracy, List<Confusion> confusions) {
        this(metrics, images, classAccuracy, confusions, Optional.empty());
    }

    /** This result with more figures. */
    Score with(Map<String, Double> more) {
        final Map<String, Double> all = new HashMap<>(metrics);
        all.putAll(more);
        return new Score(all, images, classAccuracy, confusions, picture);
    }

    /** This result with a picture. */
    Score with(SuitePicture shown) {
        return new Score(metrics, images, classAccuracy, confusions, Optional.of(shown));
    }
}
