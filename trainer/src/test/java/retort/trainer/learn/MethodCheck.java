package retort.trainer.learn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.ConfigFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import retort.settings.Settings;
import retort.trainer.engine.Engine;
import retort.trainer.engine.Program;
import retort.trainer.golden.GoldenSet;
import retort.trainer.model.Parameter;
import retort.trainer.model.Script;
import retort.trainer.model.VitShape;
import retort.trainer.objective.Decode;
import retort.trainer.objective.Distill;
import retort.trainer.objective.ObjectiveSettings;
import retort.trainer.objective.Relate;
import retort.trainer.settings.TrainerSettings;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.SafeTensors;

/**
 * Checks losses and gradients of a method, whose settings are read as a user's. {@code make.py} beside the sets has computed them in
 * float64. A value may be off by 1e-5 of the largest value of its tensor.
 */
final class MethodCheck {
    private static final double TOLERANCE = 1e-5;
    private static final VitShape STUDENT = new VitShape(24, 4, 3, 24, 3, 3);

    private final Engine engine;
    private final Script script;
    private final JsonNode json;
    private final Map<String, HostTensor> expected;
    private final Map<String, HostTensor> student;
    private final Map<String, HostTensor> teacher;
    private final Objective objective;
    private final Deviation deviation = new Deviation();

    private MethodCheck(Engine engine, Script script, GoldenSet set) {
        this.engine = engine;
        this.script = script;
        this.json = set.json();
        this.expected = GoldenModels.tensors(set);
        this.student = new HashMap<>(SafeTensors.read(set.file("../golden/student-c.safetensors")));
        this.teacher = SafeTensors.read(set.file("../golden/teacher-c.safetensors"));
        this.objective = objective(json);
        expected.forEach((name, value) -> {
            if (name.startsWith("student."))
                student.put(name.substring("student.".length()), value);
        });
    }

    /** Only the engine's thread may call it. */
    static Deviation check(Engine engine, Script script, GoldenSet set) {
        return new MethodCheck(engine, script, set).check();
    }

    private static Objective objective(JsonNode json) {
        final String run = "trainer.runs = [{name = a, teacher = \"run:t\", decoder = {width = 16, depth = 2, heads = 2}, "
                + json.required("settings").asText() + "}]";
        final ObjectiveSettings settings = TrainerSettings.from(Settings.over(ConfigFactory.parseString(run))).runs().getFirst()
                .objective();
        final VitShape teacher = new VitShape(24, 4, 3, 36, 3, json.required("teacher_heads").asInt());
        return switch (settings) {
            case Distill.Settings distill -> distill.with(STUDENT, teacher);
            case Decode.Settings decode -> decode.with(STUDENT, teacher);
            case Relate.Settings relate -> relate.with(STUDENT, teacher);
            default -> throw new AssertionError(settings.name());
        };
    }

    private Deviation check() {
        final LearnerSpec spec = new LearnerSpec(STUDENT, objective, OptimizerSettings.pretraining(new LrSchedule(0, 0, 0, 1)),
                Precision.FLOAT32, GoldenModels.AS_THEY_ARE, 0);
        final List<Parameter> trained = objective.trained(STUDENT);
        try (NDManager manager = engine.manager().newSubManager();
                Program program = script.compile(manager, spec.attributes());
                WeightSet weights = WeightSet.of(manager, objective.parameters(STUDENT), student, "the student", List.of("*"));
                WeightSet frozen = WeightSet.of(manager, objective.teacherParameters(), teacher, "the teacher",
                        objective.teacherLeftOver());
                WeightSet stream = WeightSet.of(manager, Map.of("scale", spec.pixels().scale(), "shift", spec.pixels().shift()));
                IValue parameters = weights.trainable(trained)) {
            final long[] orders = GoldenModels.orders(expected.get("noise"));
            final NDArray images = GoldenModels.images(manager, expected.get("images").floats(), STUDENT.image());
            final NDArray order = manager.create(orders, new Shape(orders.length / STUDENT.patches(), STUDENT.patches()));
            try (IValue result = program.call("gradients", images, order, weights.dictionary(), frozen.dictionary(),
                    stream.dictionary(), parameters)) {
                final IValue[] both = result.toIValueTuple();
                losses(Program.tensor(manager, both[0]).toFloatArray());
                gradients(trained, Program.list(manager, both[1]));
            }
        }
        return deviation;
    }

    private void losses(float[] losses) {
        final List<String> names = Stream.of("total", "reconstruction", "distillation", "generation").filter(json::has).toList();
        deviation.holds("parts of the loss", losses.length == names.size(), losses.length + " instead of " + names);
        for (int i = 0; i < names.size(); i++)
            deviation.value(names.get(i), losses[i], json.required(names.get(i)).asDouble(), 0, TOLERANCE);
    }

    /** A parameter without a gradient in the set is one that the loss does not need. It must not be trained, and all others must. */
    private void gradients(List<Parameter> trained, List<NDArray> grads) {
        final var needed = expected.keySet().stream().filter(name -> name.startsWith("grad.")).collect(Collectors.toSet());
        final var own = trained.stream().map(parameter -> "grad." + parameter.name()).collect(Collectors.toSet());
        deviation.holds("trained parameters", own.equals(needed), own + " instead of " + needed);
        for (int i = 0; i < trained.size(); i++) {
            final String name = "grad." + trained.get(i).name();
            final HostTensor wanted = expected.get(name);
            if (wanted != null)
                deviation.values(name, grads.get(i).toFloatArray(), wanted, TOLERANCE * largest(Objects.requireNonNull(wanted)),
                        0);
        }
    }

    private static double largest(HostTensor tensor) {
        double largest = 0;
        for (final float value : tensor.floats())
            largest = Math.max(largest, Math.abs(value));
        return largest;
    }
}
