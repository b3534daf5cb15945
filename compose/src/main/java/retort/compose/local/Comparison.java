package retort.compose.local;

import com.typesafe.config.Config;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import retort.evaluator.feed.Yardstick;
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
 * @param scratch the classifier that starts from no weights, for suites of classifiers
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
        final Optional<String> scratch = classifiers ? Runs.startingFrom(config, "scratch") : Optional.empty();
        final List<Evaluation> scored = evaluations.stream().filter(each -> each.getSuite().equals(suite)).toList();
        final OptionalLong step = scored.stream().filter(each -> student.filter(each.getRun()::equals).isPresent())
                .mapToLong(Evaluation::getStep).max();
        return new Comparison(suite, figure.metric(), step, value(student, step, figure, scored),
                value(mae, step, figure, scored),
                value(scratch, step, figure, scored), scored.stream().filter(Yardstick::is).reduce((a, b) -> b)
                        .map(raw -> raw.getMetrics().get(figure.metric())));
    }

    private static Optional<Double> value(Optional<String> run, OptionalLong step, Figure figure, List<Evaluation> scored) {
        return run.flatMap(name -> scored.stream()
                .filter(each -> each.getRun().equals(name) && step.isPresent() && each.getStep() == step.getAsLong())
                .max(Comparator.comparing(Evaluation::getAt))).map(found -> found.getMetrics().get(figure.metric()));
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
