package retort.trainer.learn;

import retort.trainer.engine.DeviceTensors;
import retort.trainer.objective.ClassificationDraws;
import retort.trainer.objective.Mix;
import retort.trainer.objective.Augmentation;
import retort.trainer.objective.Finetune;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import retort.trainer.engine.Engine;
import retort.trainer.engine.Program;
import retort.trainer.golden.GoldenSet;
import retort.trainer.model.Parameter;
import retort.trainer.model.Pooling;
import retort.trainer.model.Script;
import retort.trainer.model.VitShape;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.SafeTensors;

/** Checks a classifier: features, logits, losses with smoothed and mixed labels, gradients, one step with layer-wise decay. */
final class FinetuneCheck {
    private static final String SMOOTHING = "cross_entropy_smoothing_";

    private final Engine engine;
    private final Script script;
    private final JsonNode json;
    private final Map<String, HostTensor> expected;
    private final Map<String, HostTensor> weights;
    private final Deviation deviation = new Deviation();
    private final VitShape vit;
    private final Pooling pooling;
    private final int classes;
    private final int images;

    private FinetuneCheck(Engine engine, Script script, GoldenSet set) {
        this.engine = engine;
        this.script = script;
        this.json = set.json();
        this.expected = GoldenModels.tensors(set);
        this.weights = new HashMap<>(SafeTensors.read(set.file(json.required("weights").asText())));
        this.vit = GoldenModels.vit(json.required("arch"));
        this.pooling = json.required("global_pool").asBoolean() ? Pooling.MEAN : Pooling.CLASS;
        final String unused = pooling == Pooling.MEAN ? "norm." : "fc_norm."; // the set has the weights of both norms
        this.weights.keySet().removeIf(name -> name.startsWith(unused));
        this.classes = json.required("arch").required("num_classes").asInt();
        this.images = json.required("batch").asInt();
    }

    /** Only the engine's thread may call it. */
    static Deviation check(Engine engine, Script script, GoldenSet set) {
        return new FinetuneCheck(engine, script, set).check();
    }

    private Deviation check() {
        answers();
        for (final Map.Entry<String, JsonNode> expectation : json.required("expected").properties())
            if (expectation.getKey().startsWith(SMOOTHING))
                deviation.value(expectation.getKey(),
                        losses(Double.parseDouble(expectation.getKey().substring(SMOOTHING.length())), unmixed())[1],
                        expectation.getValue().asDouble(), 0, relative("losses"));
        json.required("mixes").forEach(this::mix);
        gradients();
        step();
        return deviation;
    }

    private void answers() {
        with(0, (manager, program, model, stream) -> {
            final NDArray normal = pictures(manager);
            {
                final NDArray kept = manager.ones(new ai.djl.ndarray.types.Shape(images, 2L * vit.depth()));
                tensor("features",
                        Program.tensor(manager,
                                program.infer("represent", normal, kept, model.dictionary(), vit.heads(), vit.variant().epsilon(),
                                        vit.depth(), pooling.toString()))
                                .toFloatArray());
                tensor("logits", Program.tensor(manager, program.infer("logits", normal, model.dictionary(), stream.dictionary()))
                        .toFloatArray());
            }
        });
    }

    private void mix(JsonNode mix) {
        final String name = "mix" + mix.required("index").asInt();
        final ClassificationDraws draws = draws(mix);
        deviation.value(name + " share", draws.mix().share(), mix.required("lambda_used").asDouble(), 1e-12, 0);
        final double smoothing = mix.required("smoothing").asDouble();
        deviation.value(name, losses(smoothing, draws)[1], mix.required("soft_target_cross_entropy").asDouble(), 0,
                relative("losses"));
        with(smoothing, (manager, program, model, stream) -> {
            final NDArray perImage = upload(manager, draws);
            final NDArray labels = perImage.get(":, 0").toType(ai.djl.ndarray.types.DataType.INT64, false);
            final NDArray partner = perImage.get(":, 1").toType(ai.djl.ndarray.types.DataType.INT64, false);
            tensor(name + ".soft_targets", "soft_targets", Program.tensor(manager,
                    program.infer("soft_targets", labels, partner, draws.mix().share())).toFloatArray());
            if (mix.required("images_stored").asBoolean())
                tensor(name + ".images", "mixed_images", channelsFirst(Program.tensor(manager,
                        program.infer("mix", pictures(manager), partner, draws.mix().share(), draws.mix().box()))
                        .toFloatArray()));
        });
    }

    private void gradients() {
        if (!expected.containsKey("grad.head.weight") && !json.has("grad_norm_per_tensor"))
            return;
        final Finetune objective = objective(0.1);
        final List<Parameter> trained = objective.trained(vit);
        with(0.1, (manager, program, model, stream) -> {
            try (WeightSet none = WeightSet.of(manager, Map.of()); IValue parameters = model.trainable(trained)) {
                final ClassificationDraws draws = unmixed();
                final IValue result = program.call("classification_gradients", pictures(manager), upload(manager, draws),
                        draws.mix().share(), draws.mix().box(), draws.erased(), model.dictionary(), none.dictionary(),
                        stream.dictionary(), parameters);
                final List<NDArray> grads = Program.list(manager, Program.second(result));
                for (int i = 0; i < trained.size(); i++)
                    gradient(trained.get(i).name(), grads.get(i).toFloatArray());
            }
        });
    }

    private void gradient(String name, float[] got) {
        if (expected.containsKey("grad." + name))
            tensor("grad." + name, "grad", got);
        final double norm = Math.sqrt(IntStream.range(0, got.length).mapToDouble(i -> (double) got[i] * got[i]).sum());
        final JsonNode tolerance = json.required("tolerance").required("grad_norms");
        final double wanted = json.required("grad_norm_per_tensor").required(name).asDouble();
        if (wanted >= tolerance.path("ignore_below").asDouble())
            deviation.value("norm of grad." + name, norm, wanted, 0, tolerance.required("rel").asDouble());
    }

    private void step() {
        if (!json.required("step").required("stored").asBoolean())
            return;
        final double lr = json.required("step").required("lr").asDouble();
        try (NDManager manager = engine.manager().newSubManager();
                Learner learner = Learner.create(engine, spec(0.1), Map.of(), script)) {
            learner.restore(weights, Map.of());
            final Losses losses = learner.step(pictures(manager), unmixed().call(), lr).read();
            deviation.value("gradient norm", losses.gradientNorm(), json.required("grad_norm_total").asDouble(), 0,
                    json.required("tolerance").required("grad_norms").required("rel").asDouble());
            final double allowed = json.required("tolerance").required("step").required("abs").asDouble();
            learner.weights().forEach((name, tensor) -> {
                final float[] got = tensor.floats();
                final float[] wanted = expected.get("step1." + name).floats();
                final byte[] comparable = new byte[got.length];
                expected.get("step1_compare." + name).view().get(comparable);
                for (int i = 0; i < got.length; i++)
                    if (comparable[i] == 1)
                        deviation.value("step1." + name, got[i], wanted[i], allowed, 0);
            });
        }
    }

    private float[] losses(double smoothing, ClassificationDraws draws) {
        final float[][] losses = new float[1][];
        with(smoothing, (manager, program, model, stream) -> {
            try (WeightSet none = WeightSet.of(manager, Map.of());
                    IValue parameters = model.trainable(objective(smoothing).trained(vit))) {
                final IValue result = program.call("classification_gradients", pictures(manager), upload(manager, draws),
                        draws.mix().share(), draws.mix().box(), draws.erased(), model.dictionary(), none.dictionary(),
                        stream.dictionary(), parameters);
                losses[0] = Program.tensor(manager, Program.first(result)).toFloatArray();
            }
        });
        return losses[0];
    }

    private interface Body {
        void run(NDManager manager, Program program, WeightSet model, WeightSet stream);
    }

    private void with(double smoothing, Body body) {
        final LearnerSpec spec = spec(smoothing);
        try (NDManager manager = engine.manager().newSubManager();
                Program program = script.compile(manager, spec.attributes());
                WeightSet model = WeightSet.of(manager, spec.objective().parameters(vit), weights, "the weights",
                        List.of("*"));
                WeightSet stream = WeightSet.of(manager,
                        Map.of("scale", spec.pixels().scale(), "shift", spec.pixels().shift()))) {
            body.run(manager, program, model, stream);
        }
    }

    private LearnerSpec spec(double smoothing) {
        final JsonNode step = json.required("step");
        final OptimizerSettings optimizer = new OptimizerSettings(new LrSchedule(0, 0, 0, 1), step.required("beta1").asDouble(),
                step.required("beta2").asDouble(), step.required("weight_decay").asDouble(), false,
                step.required("layer_decay").asDouble(), 0, 1);
        return new LearnerSpec(vit, objective(smoothing), optimizer, Precision.FLOAT32, GoldenModels.AS_THEY_ARE, 0);
    }

    private Finetune objective(double smoothing) {
        return new Finetune(classes, pooling, smoothing, 0, Augmentation.NONE, Optional.empty());
    }

    private ClassificationDraws unmixed() {
        return draws(new Mix(1, List.of()), IntStream.range(0, images).toArray());
    }

    private ClassificationDraws draws(JsonNode mix) {
        final List<Integer> box = new ArrayList<>();
        mix.required("box_y0_y1_x0_x1").forEach(edge -> box.add(edge.asInt()));
        final int[] partners = IntStream.range(0, images).map(i -> mix.required("permutation").get(i).asInt()).toArray();
        return draws(box.isEmpty() ? new Mix(mix.required("lambda_drawn").asDouble(), box) : Mix.boxed(vit.image(), box),
                partners);
    }

    private ClassificationDraws draws(Mix mix, int[] partners) {
        final int columns = 2 + 2 * vit.depth();
        final float[] perImage = new float[images * columns];
        for (int i = 0; i < images; i++) {
            java.util.Arrays.fill(perImage, i * columns, (i + 1) * columns, 1);
            perImage[i * columns] = targets()[i];
            perImage[i * columns + 1] = partners[i];
        }
        return new ClassificationDraws(perImage, images, mix, List.of());
    }

    private static NDArray upload(NDManager manager, ClassificationDraws draws) {
        return DeviceTensors.uploadAsIs(manager, draws.table());
    }

    private long[] targets() {
        final HostTensor targets = expected.get("targets");
        final long[] labels = new long[images];
        switch (targets.dtype()) {
            case I64 -> targets.view().asLongBuffer().get(labels);
            case I32 -> java.util.Arrays.setAll(labels, i -> targets.view().getInt(4 * i));
            default -> throw new AssertionError("targets of type " + targets.dtype());
        }
        return labels;
    }

    private NDArray pictures(NDManager manager) {
        return GoldenModels.images(manager, expected.get("images").asFloat32().floats(), vit.image());
    }

    private float[] channelsFirst(float[] values) {
        final int area = vit.image() * vit.image();
        final float[] first = new float[values.length];
        for (int i = 0; i < values.length; i++)
            first[i / (3 * area) * 3 * area + i % 3 * area + i / 3 % area] = values[i];
        return first;
    }

    private void tensor(String name, float[] got) {
        tensor(name, name, got);
    }

    private void tensor(String name, String toleranceName, float[] got) {
        final JsonNode tolerance = json.required("tolerance").required(toleranceName);
        deviation.values(name, got, expected.get(name), tolerance.path("abs").asDouble(), tolerance.path("rel").asDouble());
    }

    private double relative(String name) {
        return json.required("tolerance").required(name).required("rel").asDouble();
    }
}
