package retort.evaluator.feed;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import retort.record.Evaluation;

/**
 * An evaluation as one line of JSON, with the fields of the record under their own names. A figure that is not finite is null:
 * JSON has no word for it.
 */
public final class EvaluationJson {
    private EvaluationJson() {
    }

    public static String line(Evaluation evaluation) {
        return "{\"run\":" + quoted(evaluation.getRun())
                + ",\"step\":" + evaluation.getStep()
                + ",\"suite\":" + quoted(evaluation.getSuite())
                + ",\"metrics\":" + metrics(evaluation.getMetrics())
                + ",\"images\":" + evaluation.getImages()
                + ",\"durationMillis\":" + evaluation.getDurationMillis()
                + ",\"objective\":" + quoted(evaluation.getObjective())
                + ",\"stream\":" + quoted(evaluation.getStream())
                + ",\"settingsHash\":" + quoted(evaluation.getSettingsHash())
                + ",\"checkpointSha256\":" + quoted(evaluation.getCheckpointSha256())
                + ",\"at\":" + quoted(evaluation.getAt().toString()) + "}";
    }

    private static String metrics(Map<String, Double> metrics) {
        return new TreeMap<>(metrics).entrySet().stream()
                .map(metric -> quoted(metric.getKey()) + ":" + (Double.isFinite(metric.getValue()) ? metric.getValue() : "null"))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String quoted(String text) {
        final StringBuilder json = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\')
                json.append('\\').append((char) c);
            else if (c < 0x20)
                json.append(String.format("\\u%04x", c));
            else
                json.append((char) c);
        });
        return json.append('"').toString();
    }
}
