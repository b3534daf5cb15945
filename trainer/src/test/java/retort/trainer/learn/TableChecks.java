package retort.trainer.learn;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import retort.trainer.golden.GoldenSet;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.model.Pooling;
import retort.trainer.model.PositionGrid;
import retort.trainer.model.SinCosPositions;
import retort.trainer.model.VitShape;
import retort.trainer.objective.DropPath;
import retort.trainer.weights.HostTensor;

/** Checks the sets that need no engine: positions, schedules, layer-wise decay, numbers of visible patches. */
final class TableChecks {
    private TableChecks() {
    }

    static Deviation keptPatches(GoldenSet set) {
        final Deviation deviation = new Deviation();
        for (final JsonNode row : set.json().required("values"))
            deviation.value(row.toString(), Masking.visible(row.get(0).asInt(), row.get(1).asDouble()), row.get(2).asInt(), 0, 0);
        return deviation;
    }

    static Deviation learningRates(GoldenSet set) {
        final Deviation deviation = new Deviation();
        final double relative = set.json().required("tolerance").required("rel").asDouble();
        for (final JsonNode table : set.json().required("tables"))
            for (final JsonNode row : table.required("values"))
                deviation.value(table.required("lr") + " " + row,
                        schedule(table).at(iteration(table, row.get(0), row.get(1).asLong())),
                        row.get(2).asDouble(), 0, relative);
        final JsonNode accumulation = set.json().path("accumulation");
        final long every = accumulation.path("accum_iter").asLong();
        for (final JsonNode row : accumulation.path("values")) // all parts of a step have one learning rate
            deviation.value("accumulation " + row,
                    schedule(accumulation).at(iteration(accumulation, row.get(0), row.get(1).asLong() / every * every)),
                    row.get(2).asDouble(), 0, relative);
        for (final JsonNode rule : set.json().path("base_lr_rule"))
            deviation.value(rule.toString(),
                    LrSchedule.peak(rule.required("blr").asDouble(), rule.required("effective_batch").asInt()),
                    rule.required("lr").asDouble(), 0, relative);
        return deviation;
    }

    private static LrSchedule schedule(JsonNode table) {
        final double iterations = table.required("iters_per_epoch").asDouble();
        return new LrSchedule(table.required("lr").asDouble(), table.required("min_lr").asDouble(),
                table.required("warmup_epochs").asDouble() * iterations, table.required("epochs").asDouble() * iterations,
                table.path("fixed_after_warmup").asBoolean());
    }

    private static long iteration(JsonNode table, JsonNode epoch, long within) {
        return epoch.asLong() * table.required("iters_per_epoch").asLong() + within;
    }

    static Deviation layerDecay(GoldenSet set) {
        final Deviation deviation = new Deviation();
        final JsonNode json = set.json();
        final double relative = json.required("tolerance").required("rel").asDouble();
        scales(deviation, json, relative);
        json.path("others").forEach(other -> scales(deviation, other, relative));
        for (final JsonNode rates : json.path("drop_path"))
            for (int i = 0; i < rates.required("depth").asInt(); i++)
                deviation.value("drop path " + i,
                        new DropPath(rates.required("rate").asDouble(), false).of(i, rates.required("depth").asInt()),
                        rates.required("per_block").get(i).asDouble(), 0, relative);
        final VitShape vit = new VitShape(16, 4, 3, 12, json.required("blocks").asInt(), 3);
        final List<Parameter> trained = Parameters.trunk(vit, vit.depth());
        trained.addAll(Parameters.classifier(vit,
                json.required("parameters").toString().contains("\"fc_norm.weight\"") ? Pooling.MEAN : Pooling.CLASS, 10));
        final OptimizerSettings settings = new OptimizerSettings(new LrSchedule(1, 0, 0, 1), 0.9, 0.999,
                json.required("weight_decay").asDouble(), false, json.required("layer_decay").asDouble(), 0, 1);
        for (final ParameterGroup group : ParameterGroup.of(trained, settings, vit.depth()))
            for (final Parameter parameter : group.parameters()) {
                final JsonNode wanted = named(json.required("parameters"), parameter.name());
                deviation.value(parameter.name(), group.lrScale(), wanted.required("lr_scale").asDouble(), 0, relative);
                deviation.value(parameter.name() + " decay", group.weightDecay(), wanted.required("weight_decay").asDouble(), 0,
                        relative);
            }
        return deviation;
    }

    private static void scales(Deviation deviation, JsonNode json, double relative) {
        final int depth = json.required("blocks").asInt();
        final double decay = json.required("layer_decay").asDouble();
        for (int layer = 0; layer < depth + 2; layer++) {
            final String name = layer == 0
                    ? "patch_embed.proj.weight"
                    : layer > depth ? "head.weight" : "blocks." + (layer - 1) + ".mlp";
            deviation.value(name, ParameterGroup.lrScale(name, decay, depth), json.required("layer_scales").get(layer).asDouble(),
                    0,
                    relative);
        }
    }

    private static JsonNode named(JsonNode parameters, String name) {
        for (final JsonNode parameter : parameters)
            if (parameter.required("name").asText().equals(name))
                return parameter;
        throw new AssertionError("the set has no parameter " + name);
    }

    static Deviation resizedPositions(GoldenSet set) {
        final Deviation deviation = new Deviation();
        final Map<String, HostTensor> tensors = GoldenModels.tensors(set);
        deviation.values("resized", PositionGrid.resize(tensors.get("source"), set.json().required("grid_to").asInt()).floats(),
                tensors.get("expected"), set.json().required("tolerance").path("abs").asDouble(),
                set.json().required("tolerance").path("rel").asDouble());
        return deviation;
    }

    static Deviation positions(GoldenSet set) {
        final Deviation deviation = new Deviation();
        final Map<String, HostTensor> tensors = GoldenModels.tensors(set);
        for (final JsonNode table : set.json().required("cases"))
            positions(set, table, tensors, deviation);
        return deviation;
    }

    private static void positions(GoldenSet set, JsonNode json, Map<String, HostTensor> tensors, Deviation deviation) {
        final String name = json.required("name").asText();
        final int width = json.required("dim").asInt();
        final float[] table = SinCosPositions.table(width, json.required("grid").asInt());
        final int rows = table.length / width;
        final double each = set.json().required("tolerance").required("per_value").required("abs").asDouble();
        final int[] chosenRows = json.has("rows") ? ints(json.required("rows")) : IntStream.range(0, rows).toArray();
        final int[] chosenColumns = json.has("cols") ? ints(json.required("cols")) : IntStream.range(0, width).toArray();
        final float[] chosen = new float[chosenRows.length * chosenColumns.length];
        for (int i = 0; i < chosen.length; i++)
            chosen[i] = table[chosenRows[i / chosenColumns.length] * width + chosenColumns[i % chosenColumns.length]];
        deviation.values(name, chosen, tensors.entrySet().stream().filter(tensor -> tensor.getKey().contains(name))
                .map(Map.Entry::getValue).findFirst().orElseThrow(), each, 0);
        final double[] sums = new double[4];
        for (int i = 0; i < table.length; i++) {
            sums[0] += table[i];
            sums[1] += Math.abs(table[i]);
            sums[2] += (double) table[i] * table[i];
            final int row = i / width + 1;
            final int column = i % width + 1;
            sums[3] += (double) table[i] * row / rows * column / width;
        }
        final double relative = set.json().required("tolerance").required("checksums").required("rel").asDouble();
        final List<String> names = List.of("sum", "sum_abs", "sum_sq", "weighted_sum");
        for (int i = 0; i < sums.length; i++)
            deviation.value(name + " " + names.get(i), sums[i], json.required(names.get(i)).asDouble(), 0, relative);
    }

    private static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }
}
