package retort.compose.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import retort.evaluator.feed.EvaluationJson;
import retort.file.WholeFile;
import retort.record.Evaluation;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.weights.WeightsDigest;

/**
 * The content of {@code report.json}, which {@code local} writes for programs.
 *
 * @param run name of the final student
 * @param steps number of steps that the final student was trained for
 * @param seconds time from the start of this process to the report, in seconds
 * @param secondsToFirstProgress time from the start of the process to its first progress event with a finished step, in seconds; empty
 *     if nothing was left to train
 * @param firstLosses the first losses of the final student, by the name of the loss part
 * @param lastLosses the last losses of the final student, by the name of the loss part
 * @param comparison the headline figure of each suite, for the student and for those that it is compared with
 * @param evaluations evaluations of every run, oldest first
 * @param weightsSha256 SHA-256 of the final student's tensor bytes, in the order of the tensors' names
 */
record Report(String run, long steps, double seconds, Optional<Double> secondsToFirstProgress, Map<String, Double> firstLosses,
        Map<String, Double> lastLosses, List<Comparison> comparison, List<Evaluation> evaluations, String weightsSha256) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    static Report of(Config config, Checkpoint student, RunLog log, List<Evaluation> evaluations, Instant started,
            Instant ended) {
        final String run = student.state().run();
        return new Report(run, student.state().step(), seconds(started, ended),
                log.firstStep().map(first -> seconds(started, first)),
                log.firstLosses(run), log.lastLosses(run), Comparison.of(config, evaluations),
                evaluations.stream().sorted(Comparator.comparing(Evaluation::getAt)).toList(),
                WeightsDigest.of(student.weights()));
    }

    /** Writes the file atomically: it appears whole or not at all. */
    void write(Path file) throws IOException {
        final Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("run", run);
        json.put("steps", steps);
        json.put("seconds", seconds);
        json.put("secondsToFirstProgress", secondsToFirstProgress.orElse(null));
        json.put("firstLosses", new TreeMap<>(firstLosses));
        json.put("lastLosses", new TreeMap<>(lastLosses));
        json.put("comparison", comparison.stream().map(Comparison::json).toList());
        final List<Object> scores = new ArrayList<>();
        for (final Evaluation evaluation : evaluations)
            scores.add(JSON.readTree(EvaluationJson.line(evaluation)));
        json.put("evaluations", scores);
        json.put("weightsSha256", weightsSha256);
        WholeFile.write(file, JSON.writeValueAsBytes(json));
    }

    /** A line for each suite that compares the student with the same student without a teacher. */
    List<String> verdicts() {
        return comparison.stream().flatMap(each -> each.verdict().stream()).toList();
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1000.0;
    }
}
