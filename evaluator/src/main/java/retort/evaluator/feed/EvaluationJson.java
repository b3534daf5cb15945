package retort.evaluator.feed;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.TreeMap;
import retort.record.Evaluation;

/**
 * Converts an evaluation to JSON. The keys are the names of the record's fields. A figure that is not finite is null, because JSON has
 * no such number. An error, accuracies by class and confusions are left out if there are none.
 */
public final class EvaluationJson {
    private EvaluationJson() {
    }

    /** The evaluation as one line, without a line feed. */
    public static String line(Evaluation evaluation) {
        return node(evaluation).toString();
    }

    /** The evaluation as a tree. The tree belongs to the caller, who may change it. */
    public static ObjectNode node(Evaluation evaluation) {
        final ObjectNode json = JsonNodeFactory.instance.objectNode()
                .put("run", evaluation.getRun())
                .put("step", evaluation.getStep())
                .put("suite", evaluation.getSuite());
        final ObjectNode metrics = json.putObject("metrics");
        new TreeMap<>(evaluation.getMetrics()).forEach((name, figure) -> {
            if (Double.isFinite(figure))
                metrics.put(name, figure);
            else
                metrics.putNull(name);
        });
        json.put("images", evaluation.getImages())
                .put("durationMillis", evaluation.getDurationMillis())
                .put("objective", evaluation.getObjective())
                .put("stream", evaluation.getStream())
                .put("settingsHash", evaluation.getSettingsHash())
                .put("checkpointSha256", evaluation.getCheckpointSha256())
                .put("at", evaluation.getAt().toString());
        if (evaluation.getError() != null)
            json.put("error", evaluation.getError());
        if (!evaluation.getClassAccuracy().isEmpty())
            new TreeMap<>(evaluation.getClassAccuracy()).forEach(json.putObject("classAccuracy")::put);
        if (!evaluation.getConfusions().isEmpty()) {
            final ArrayNode confusions = json.putArray("confusions");
            evaluation.getConfusions().forEach(pair -> confusions.addObject().put("label", pair.getLabel())
                    .put("answer", pair.getAnswer()).put("images", pair.getImages()));
        }
        return json;
    }
}
