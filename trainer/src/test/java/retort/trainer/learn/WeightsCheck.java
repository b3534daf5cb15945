package retort.trainer.learn;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import retort.trainer.engine.Engine;
import retort.trainer.golden.GoldenSet;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.model.Pooling;
import retort.trainer.model.Projection;
import retort.trainer.model.VitShape;
import retort.trainer.weights.HostTensor;

/** Checks a model's tensors: their names and shapes, and that they are the same bit for bit after a way to the device and back. */
final class WeightsCheck {
    private WeightsCheck() {
    }

    /** Only the engine's thread may call it. */
    static Deviation model(Engine engine, GoldenSet set) {
        final JsonNode arch = set.json().required("arch");
        final VitShape vit = GoldenModels.vit(arch);
        final List<Parameter> parameters = Parameters.encoder(vit);
        if (arch.has("num_classes")) // the set has the norms of both poolings
            parameters.addAll(Parameters.classifier(vit, Pooling.MEAN, arch.required("num_classes").asInt()));
        else
            parameters.addAll(Parameters.decoder(vit, GoldenModels.decoder(arch)));
        if (set.json().has("projection"))
            parameters.addAll(Parameters.projectionHeads(GoldenModels.projection(set.json()), heads(set.json()), vit.width(),
                    set.json().required("projection_dims").get(1).asLong()));
        return compare(engine, set, parameters);
    }

    /** Only the engine's thread may call it. */
    static Deviation head(Engine engine, GoldenSet set) {
        final JsonNode json = set.json();
        final Projection projection = GoldenModels.projection(json);
        return compare(engine, set, Parameters.projectionHeads(projection, json.required("heads").asInt(),
                json.required("student_dim").asLong(), json.required("teacher_dim").asLong()));
    }

    private static int heads(JsonNode json) {
        return (int) java.util.stream.StreamSupport.stream(json.required("keys").spliterator(), false).map(JsonNode::asText)
                .filter(key -> key.startsWith("aligned_feature_projection_heads.")).map(key -> key.split("\\.")[1]).distinct()
                .count();
    }

    private static Deviation compare(Engine engine, GoldenSet set, List<Parameter> parameters) {
        final Deviation deviation = new Deviation();
        final Map<String, HostTensor> stored = GoldenModels.tensors(set);
        final TreeSet<String> names = new TreeSet<>(parameters.stream().map(Parameter::name).toList());
        deviation
                .holds("names", names.equals(new TreeSet<>(stored.keySet())),
                        Stream.concat(names.stream(), stored.keySet().stream())
                                .filter(name -> !(names.contains(name) && stored.containsKey(name))).toList()
                                + " are on one side only");
        try (WeightSet weights = WeightSet.of(engine.manager(), parameters, stored, "the stored weights")) {
            weights.download().forEach((name, tensor) -> deviation.values(name, tensor.floats(), stored.get(name), 0, 0));
        }
        return deviation;
    }
}
