package retort.trainer.learn;

import retort.trainer.objective.MaskSettings;
import retort.trainer.objective.Distance;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import retort.trainer.engine.Engine;
import retort.trainer.engine.Program;
import retort.trainer.golden.GoldenSet;
import retort.trainer.model.Parameter;
import retort.trainer.model.Script;
import retort.trainer.model.VitShape;
import retort.trainer.weights.HostTensor;

/** Checks gradients, and the weights after some AdamW steps. */
final class DistillTrainCheck {
    private final Engine engine;
    private final Script script;
    private final GoldenSet set;
    private final JsonNode json;
    private final Map<String, HostTensor> expected;
    private final Deviation deviation = new Deviation();
    private final VitShape student;
    private final Objective objective;
    private final int steps;
    private final int microBatches;

    private DistillTrainCheck(Engine engine, Script script, GoldenSet set) {
        this.engine = engine;
        this.script = script;
        this.set = set;
        this.json = set.json();
        this.expected = GoldenModels.tensors(set);
        this.student = GoldenModels.vit(json.required("student").required("arch"));
        this.objective = GoldenModels.distill(json, Distance.valueOf(json.required("distill_loss").asText()),
                json.required("norm_pix_loss").asBoolean());
        this.steps = json.required("steps").asInt();
        this.microBatches = json.required("accum_iter").asInt();
    }

    /** Only the engine's thread may call it. */
    static Deviation check(Engine engine, Script script, GoldenSet set) {
        return new DistillTrainCheck(engine, script, set).check();
    }

    private Deviation check() {
        groups();
        gradients();
        steps(true);
        if (expected.keySet().stream().anyMatch(name -> name.contains("tokens_undecayed")))
            steps(false);
        return deviation;
    }

    private void groups() {
        final List<ParameterGroup> groups = ParameterGroup.of(objective.trained(student), optimizer(true), student.depth());
        for (final ParameterGroup group : groups) {
            final List<String> names = group.parameters().stream().map(Parameter::name).sorted().toList();
            final JsonNode wanted = json.required(group.weightDecay() > 0 ? "decayed_parameters" : "undecayed_parameters");
            deviation.holds("decay groups", names.equals(sorted(wanted)), names + " instead of " + wanted);
        }
    }

    private void gradients() {
        final List<Parameter> trained = objective.trained(student);
        final LearnerSpec spec = spec(true);
        try (NDManager manager = engine.manager().newSubManager();
                Program program = script.compile(manager, spec.attributes());
                WeightSet weights = WeightSet.of(manager, objective.parameters(student), GoldenModels.student(set),
                        "the weights", List.of("*"));
                WeightSet teacher = WeightSet.of(manager, objective.teacherParameters(), GoldenModels.teacher(set),
                        "the teacher", List.of("*"));
                WeightSet stream = WeightSet.of(manager, Map.of("scale", spec.pixels().scale(), "shift", spec.pixels().shift()));
                IValue parameters = weights.trainable(trained)) {
            final IValue result = program.call("gradients", images(manager, 0), manager.create(orders(0), orderShape()),
                    weights.dictionary(), teacher.dictionary(), stream.dictionary(), parameters);
            final List<NDArray> grads = Program.list(manager, Program.second(result));
            final JsonNode tolerance = json.required("tolerance").required("grad");
            for (int i = 0; i < trained.size(); i++)
                deviation.values("grad." + trained.get(i).name(), grads.get(i).toFloatArray(),
                        expected.get("grad." + trained.get(i).name()), tolerance.path("abs").asDouble(),
                        tolerance.path("rel").asDouble());
        }
    }

    private void steps(boolean decaysTokens) {
        try (NDManager manager = engine.manager().newSubManager();
                Learner learner = Learner.create(engine, spec(decaysTokens), GoldenModels.teacher(set), script)) {
            final Map<String, HostTensor> first = GoldenModels.student(set);
            learner.restore(first, Map.of());
            for (int step = 0; step < steps; step++) {
                final Losses losses = learner
                        .step(images(manager, step), MaskSettings.step(orders(step), orders(step).length / student.patches()),
                                learningRate())
                        .read();
                if (decaysTokens)
                    losses(step, losses);
                weights(step + 1, first, learner.weights(), decaysTokens);
            }
        }
    }

    /** Checks the losses of a step, which are the means over its micro-batches. */
    private void losses(int step, Losses losses) {
        final JsonNode wanted = json.required("per_step_f64").get(step);
        final double relative = step == 0 ? json.required("tolerance").required("losses").required("rel").asDouble() : 1e-4;
        final Map<String, String> names = Map.of("total", "total", "reconstruction", "recon", "distillation", "distill");
        names.forEach((own, theirs) -> {
            double mean = 0;
            for (final JsonNode micro : wanted.required("micro_batches"))
                mean += micro.required(theirs).asDouble() / microBatches;
            deviation.value("step " + step + " " + own, losses.parts().get(own), mean, 0, relative);
        });
        deviation.value("step " + step + " gradient norm", losses.gradientNorm(), wanted.required("grad_norm").asDouble(), 0,
                json.required("tolerance").required("grad_norm").required("rel").asDouble());
    }

    private void weights(int step, Map<String, HostTensor> first, Map<String, HostTensor> now, boolean decaysTokens) {
        now.forEach((name, tensor) -> {
            final String tokens = "step" + step + "_tokens_undecayed." + name;
            if (json.required("frozen_parameters").toString().contains('"' + name + '"'))
                deviation.values(name, tensor.floats(), first.get(name), 0, 0);
            else if (!decaysTokens && expected.containsKey(tokens))
                compare(step, name, tensor.floats(), first.get(name).floats(), expected.get(tokens));
            else if ((decaysTokens || step == 1) && expected.containsKey("step" + step + "." + name))
                compare(step, name, tensor.floats(), first.get(name).floats(), expected.get("step" + step + "." + name));
        });
    }

    private void compare(int step, String name, float[] got, float[] old, HostTensor wanted) {
        final float[] values = wanted.floats();
        final byte[] comparable = new byte[values.length];
        expected.get("step" + step + "_compare." + name).view().get(comparable);
        final JsonNode settings = json.required("optimizer");
        final double lr = settings.required("lr").asDouble();
        final double decay = settings.required("weight_decay").asDouble();
        for (int i = 0; i < values.length; i++)
            if (comparable[i] == 1)
                deviation.value("step" + step + "." + name, got[i], values[i], json.required("tolerance").required("step")
                        .required("abs").asDouble(), 0);
            else // the true gradient is noise, so only the limit of Adam's move is known
                deviation.holds("step" + step + "." + name, Math.abs((double) got[i] - old[i]) <= 1.1 * step * lr
                        + step * lr * decay * Math.abs(old[i]), old[i] + " moved to " + got[i]);
    }

    private LearnerSpec spec(boolean decaysTokens) {
        return new LearnerSpec(student, objective, optimizer(decaysTokens), Precision.FLOAT32, GoldenModels.AS_THEY_ARE, 0);
    }

    private OptimizerSettings optimizer(boolean decaysTokens) {
        final JsonNode settings = json.required("optimizer");
        return new OptimizerSettings(new LrSchedule(learningRate(), 0, 0, 1, true), settings.required("beta1").asDouble(),
                settings.required("beta2").asDouble(), settings.required("weight_decay").asDouble(), decaysTokens, 1, 0,
                microBatches);
    }

    private double learningRate() {
        return json.required("optimizer").required("lr").asDouble();
    }

    private NDArray images(NDManager manager, int step) {
        final float[] all = expected.get("images").asFloat32().floats();
        return GoldenModels.images(manager, part(all, step), student.image());
    }

    private float[] part(float[] all, int step) {
        return Arrays.copyOfRange(all, all.length / steps * step, all.length / steps * (step + 1));
    }

    private long[] orders(int step) {
        final long[] all = GoldenModels.orders(expected.get("noise"));
        return Arrays.copyOfRange(all, all.length / steps * step, all.length / steps * (step + 1));
    }

    private Shape orderShape() {
        return new Shape(orders(0).length / student.patches(), student.patches());
    }

    private static List<String> sorted(JsonNode names) {
        final List<String> all = new ArrayList<>();
        names.forEach(name -> all.add(name.asText()));
        return all.stream().sorted().toList();
    }
}
