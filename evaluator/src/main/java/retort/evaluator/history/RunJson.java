package retort.evaluator.history;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import retort.record.Architecture;
import retort.record.CheckpointReady;
import retort.record.Promotion;
import retort.record.TrainingProgress;
import retort.settings.Secrets;

/** The JSON forms of a run and of its parts. Keys are the names of the records' fields. A figure that is not finite is null. */
final class RunJson {
    private RunJson() {
    }

    static ObjectNode run(String name, RunHistory run) {
        final ObjectNode json = object().put("run", name);
        final TrainingProgress progress = run.progress();
        json.set("progress", progress == null ? JsonNodeFactory.instance.nullNode() : progress(progress));
        final CheckpointReady facts = run.facts();
        json.set("model", facts == null ? JsonNodeFactory.instance.nullNode() : model(facts));
        final ArrayNode checkpoints = json.putArray("checkpoints");
        run.checkpoints().forEach((step, saved) -> checkpoints.addObject().put("step", step).put("at", saved.at().toString()));
        final ArrayNode promotions = json.putArray("promotions");
        run.promotions().forEach(best -> promotions.add(promotion(best)));
        return json;
    }

    static ObjectNode progress(TrainingProgress progress) {
        final ObjectNode json = object().put("run", Bounds.name(progress.getRun()))
                .put("stream", Bounds.name(progress.getStream())).put("state", progress.getState().name())
                .put("step", progress.getStep()).put("steps", progress.getSteps()).put("batch", progress.getBatch())
                .put("nextSequence", progress.getNextSequence()).put("leaseMillis", progress.getLeaseMillis())
                .put("at", progress.getAt().toString()).put("checkpointPauseMillis", progress.getCheckpointPauseMillis());
        figures(json, ProgressPoint.of(progress));
        final ObjectNode losses = json.putObject("losses");
        ProgressPoint.of(progress).losses().forEach((part, loss) -> figure(losses, part, loss.last()));
        return json;
    }

    /** A point of a curve: its losses are objects with {@code min}, {@code max} and {@code last}. */
    static ObjectNode point(ProgressPoint point) {
        final ObjectNode json = object().put("step", point.step()).put("at", point.at().toString());
        figures(json, point);
        final ObjectNode losses = json.putObject("losses");
        point.losses().forEach((part, range) -> {
            final ObjectNode loss = losses.putObject(part);
            figure(loss, "min", range.min());
            figure(loss, "max", range.max());
            figure(loss, "last", range.last());
        });
        return json;
    }

    private static void figures(ObjectNode json, ProgressPoint point) {
        figure(json, "epoch", point.epoch());
        figure(json, "learningRate", point.learningRate());
        figure(json, "imagesPerSecond", point.imagesPerSecond());
        figure(json, "waitingShare", point.waitingShare());
        figure(json, "gradientNorm", point.gradientNorm());
    }

    static ObjectNode promotion(Promotion best) {
        final ObjectNode json = object().put("run", Bounds.name(best.getRun())).put("metric", Bounds.name(best.getMetric()))
                .put("step", best.getStep());
        figure(json, "value", best.getValue());
        return json.put("at", best.getAt().toString());
    }

    /** The facts of a run that its checkpoints carry. */
    static ObjectNode model(CheckpointReady saved) {
        final ObjectNode json = object().put("objective", Bounds.name(saved.getObjective()))
                .put("stream", Bounds.name(saved.getStream())).put("steps", saved.getSteps())
                .put("normPix", saved.getNormPix());
        figure(json, "maskRatio", saved.getMaskRatio());
        final String teacher = saved.getTeacher();
        json.put("teacher", teacher == null ? null : Secrets.withoutPasswords(Bounds.words(teacher)));
        final ObjectNode shape = json.putObject("architecture");
        final Architecture architecture = saved.getArchitecture();
        for (final Schema.Field field : architecture.getSchema().getFields())
            if (architecture.get(field.pos()) instanceof final Integer number)
                shape.put(field.name(), number);
        shape.put("pooling", Bounds.name(architecture.getPooling()));
        return json;
    }

    static void figure(ObjectNode json, String name, @Nullable Double value) {
        if (value == null || !Double.isFinite(value))
            json.putNull(name);
        else
            json.put(name, value);
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
