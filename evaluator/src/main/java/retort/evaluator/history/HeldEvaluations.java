package retort.evaluator.history;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import retort.evaluator.feed.EvaluationJson;
import retort.kafka.Keys;
import retort.record.Evaluation;

/**
 * The latest evaluation of each key in the order of their arrival, as JSON. It holds {@link #MOST_BYTES} of text; the oldest ones make
 * room. Confined to one thread.
 */
final class HeldEvaluations {
    static final long MOST_BYTES = 16 << 20;
    /** An evaluation that is longer, such as one of thousands of classes, is held without its classes and confusions. */
    private static final int MOST_EACH = 16 << 10;
    private static final int MOST_METRICS = 64;
    /** Checkpoints that suites have passed over, the newest. */
    static final int MOST_PASSED = 10_000;

    private final SequencedMap<String, Held> byKey = new LinkedHashMap<>();
    private final SequencedMap<String, String> passed = new LinkedHashMap<>(); // the checkpoint that was passed over, by key
    private long bytes;
    private long arrived;

    /** @param number counts arrivals, from 1 */
    record Held(long number, String run, String suite, long step, String json) {
    }

    /** @return the JSON that is held; empty if the suite has passed the checkpoint over, which is no result */
    Optional<String> add(String key, Evaluation evaluation) {
        remove(key);
        if (evaluation.getPassedOver() != null) {
            passed.putLast(key, Keys.checkpoint(Bounds.name(evaluation.getRun()), evaluation.getStep()));
            if (passed.size() > MOST_PASSED)
                passed.pollFirstEntry();
            return Optional.empty();
        }
        final String json = json(evaluation);
        final Held held = new Held(++arrived, Bounds.name(evaluation.getRun()), Bounds.name(evaluation.getSuite()),
                evaluation.getStep(), json);
        byKey.put(key, held);
        bytes += json.length();
        while (bytes > MOST_BYTES)
            bytes -= byKey.pollFirstEntry().getValue().json().length();
        return Optional.of(json);
    }

    /** @return what was held under this key */
    @Nullable
    Held remove(String key) {
        passed.remove(key);
        final Held old = byKey.remove(key);
        if (old != null)
            bytes -= old.json().length();
        return old;
    }

    /** In the order of arrival. */
    Stream<Held> all() {
        return byKey.values().stream();
    }

    /** The checkpoints that some suite has scored, refused or passed over, each as {@code run/step}. */
    Set<String> scored() {
        return Stream.concat(all().map(held -> Keys.checkpoint(held.run(), held.step())), passed.values().stream())
                .collect(Collectors.toSet());
    }

    void forget() {
        byKey.clear();
        passed.clear();
        bytes = 0;
    }

    private static String json(Evaluation evaluation) {
        final ObjectNode json = EvaluationJson.node(evaluation);
        for (final String field : List.of("run", "suite", "objective", "stream", "settingsHash", "checkpointSha256"))
            json.put(field, Bounds.name(json.get(field).asText()));
        if (evaluation.getError() != null)
            json.put("error", Bounds.words(evaluation.getError()));
        if (evaluation.getMetrics().size() > MOST_METRICS || evaluation.getMetrics().keySet().stream().anyMatch(
                name -> !Bounds.name(name).equals(name)))
            bounded(evaluation, json.putObject("metrics"));
        if (json.toString().length() > MOST_EACH)
            json.without(List.of("classAccuracy", "confusions"));
        return json.toString();
    }

    private static void bounded(Evaluation evaluation, ObjectNode metrics) {
        final SortedMap<String, Double> all = new TreeMap<>(evaluation.getMetrics());
        all.entrySet().stream().limit(MOST_METRICS)
                .forEach(each -> RunJson.figure(metrics, Bounds.name(each.getKey()), each.getValue()));
    }
}
