package retort.compose.local;

import com.typesafe.config.Config;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import retort.evaluator.feed.Yardstick;
import retort.evaluator.feed.ComparableScores;
import retort.evaluator.suite.Figure;
import retort.evaluator.suite.SuiteFactory;
import retort.evaluator.suite.Suites;
import retort.record.Evaluation;

/**
 * The headline figure of one suite, for the student and for those that it is compared with at the same step. A value is empty if the run
 * does not exist, or if the suite has not scored it at that step.
 *
 * @param step the step of the student's last score; empty without one
 * @param mae the same student by reconstruction alone
 * @param scratch the classifier that starts from no weights: at the same step in the suite of classifiers, and at its last step in a suite
 *        of features
 * @param rawPixels the raw pixels under the same protocol
 */
record Comparison(String suite, String metric, OptionalLong step, Optional<Double> student, Optional<Double> mae,
        Optional<Double> scratch, Optional<Double> rawPixels) {
    private static final String CLASSIFICATION = "classification";

    /** One for each suite of {@code evaluator.suites}, in that order. */
    static List<Comparison> of(Config config, Collection<Evaluation> evaluations) {
        return config.getStringList("evaluator.suites").stream()
                .flatMap(suite -> Optional.ofNullable(Suites.registered().get(suite)).stream()).map(SuiteFactory::description)
                .map(suite -> of(config, suite.name(), suite.figure(), evaluations)).toList();
    }

    /** Classifiers are compared by the suite of classifiers: each stands for the run that it starts from. */
    private static Comparison of(Config config, String suite, Figure figure, Collection<Evaluation> evaluations) {
        final boolean classifiers = suite.equals(CLASSIFICATION);
        final Optional<String> student = Optional.of(Runs.finalStudent(config))
                .flatMap(run -> classifiers ? Runs.startingFrom(config, "run:" + run) : Optional.of(run));
        final Optional<String> mae = Runs.rival(config)
                .flatMap(run -> classifiers ? Runs.startingFrom(config, "run:" + run) : Optional.of(run));
        final Optional<String> scratch = Runs.startingFrom(config, "scratch");
        final List<Evaluation> scored = ComparableScores.of(evaluations).stream().filter(each -> each.getSuite().equals(suite))
                .toList();
        final OptionalLong step = lastStep(student, scored);
        return new Comparison(suite, figure.metric(), step, value(student, step, figure, scored),
                value(mae, step, figure, scored),
                value(scratch, classifiers ? step : lastStep(scratch, scored), figure, scored),
                scored.stream().filter(Yardstick::is).reduce((a, b) -> b)
                        .map(raw -> raw.getMetrics().get(figure.metric())));
    }

    private static OptionalLong lastStep(Optional<String> run, List<Evaluation> scored) {
        return scored.stream().filter(each -> run.filter(each.getRun()::equals).isPresent() && !each.getMetrics().isEmpty())
                .mapToLong(Evaluation::getStep).max();
    }

    private static Optional<Double> value(Optional<String> run, OptionalLong step, Figure figure, List<Evaluation> scored) {
        return run.flatMap(name -> scored.stream()
                .filter(each -> each.getRun().equals(name) && step.isPresent() && each.getStep() == step.getAsLong())
                .max(Comparator.comparing(Evaluation::getAt))).map(found -> found.getMetrics().get(figure.metric()));
    }

    /** One line for people, with what distillation is worth. Empty for a loss, and if the student or its rival has no score. */
    Optional<String> verdict() {
        if (Optional.ofNullable(Suites.registered().get(suite)).map(SuiteFactory::description)
                .filter(known -> known.figure().better() == Figure.Better.HIGHER).isEmpty())
            return Optional.empty();
        return student.flatMap(own -> mae.map(alone -> String.format(Locale.ROOT,
                "%s at step %d: student %.4f, by MAE alone %.4f%s%s: "
                        + "distillation is worth %+.4f",
                label(), step.orElse(0), own, alone, named(", from scratch %.4f", scratch),
                named(", raw pixels %.4f", rawPixels), own - alone)));
    }

    private String label() {
        return switch (suite) {
            case "knn" -> "k-NN";
            case "linear" -> "linear probe";
            case CLASSIFICATION -> "fine-tuned";
            default -> suite;
        };
    }

    private static String named(String format, Optional<Double> value) {
        return value.map(found -> String.format(Locale.ROOT, format, found)).orElse("");
    }

    /** As an object of JSON. */
    Map<String, @Nullable Object> json() {
        final Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("suite", suite);
        json.put("metric", metric);
        json.put("step", step.isPresent() ? step.getAsLong() : null);
        json.put("student", student.orElse(null));
        json.put("mae", mae.orElse(null));
        json.put("scratch", scratch.orElse(null));
        json.put("rawPixels", rawPixels.orElse(null));
        return json;
    }
}
