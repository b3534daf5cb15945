package retort.trainer.learn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.ConfigFactory;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import retort.record.Stream;
import retort.settings.Settings;
import retort.trainer.engine.Engine;
import retort.trainer.engine.Program;
import retort.trainer.golden.GoldenSet;
import retort.trainer.model.Parameter;
import retort.trainer.model.Pooling;
import retort.trainer.model.Script;
import retort.trainer.model.VitShape;
import retort.trainer.objective.Align;
import retort.trainer.objective.DropPath;
import retort.trainer.objective.Finetune;
import retort.trainer.objective.MaskSettings;
import retort.trainer.objective.ObjectiveSettings;
import retort.trainer.objective.SecondTeacher;
import retort.trainer.objective.Teacher;
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
        this.teacher = new HashMap<>(SafeTensors.read(set.file("../golden/teacher-c.safetensors")));
        if (json.required("settings").asText().contains(SecondTeacher.KEY))
            SafeTensors.read(set.file("../golden/student-c.safetensors"))
                    .forEach((name, value) -> teacher.put("second." + name, value));
        expected.forEach((name, value) -> {
            if (name.startsWith("student."))
                student.put(name.substring("student.".length()), value);
            if (name.startsWith("teacher."))
                teacher.put(name.substring("teacher.".length()), value);
        });
        this.objective = objective();
    }

    /** Only the engine's thread may call it. */
    static Deviation check(Engine engine, Script script, GoldenSet set) {
        return new MethodCheck(engine, script, set).check();
    }

    private Objective objective() {
        final String run = "trainer.decoder = {width = 16, depth = 2, heads = 2}, trainer.runs = [{name = a, teacher = \"run:t\", "
                + json.required("settings").asText() + "}]";
        final ObjectiveSettings settings = TrainerSettings.from(Settings.over(ConfigFactory.parseString(run))).runs().getFirst()
                .objective();
        final Stream.Builder stream = Stream.newBuilder().setName("train").setSource("test").setRecipe("none").setSeed(0)
                .setChannels(3).setHeight(24).setWidth(24).setMean(List.of()).setStd(List.of())
                .setClassNames(IntStream.range(0, json.path("classes").asInt()).mapToObj(Integer::toString).toList())
                .setImagesPerRecord(1).setPartitions(1).setSettingsHash("").setCreatedAt(Instant.EPOCH);
        final Teacher first = new Teacher("the teacher", "", new VitShape(24, 4, 3, 36, 3,
                json.required("teacher_heads").asInt()), teacher);
        return settings.with(STUDENT, stream.build(), settings.furtherTeachers().isEmpty()
                ? List.of(first)
                : List.of(first, new Teacher("the second", "", STUDENT, teacher)));
    }

    /** The draws of the set: the masking orders with the branches that are skipped, or the labels. */
    private StepCall call() {
        final HostTensor factors = expected.get("factors");
        return factors == null ? masked() : DropPath.in(masked(), factors);
    }

    private StepCall masked() {
        if (objective instanceof Finetune) {
            final int[] labels = new int[json.required("labels").size()];
            Arrays.setAll(labels, i -> json.required("labels").get(i).asInt());
            return objective.draw(STUDENT, 0, 0, new long[labels.length], labels);
        }
        if (objective instanceof final Align align && align.masking() == Align.Masking.ATTENTION) {
            final HostTensor noise = Objects.requireNonNull(expected.get("noise"));
            final float[] races = noise.floats();
            for (int i = 0; i < races.length; i++)
                races[i] = Masking.race(races[i]);
            return new StepCall("step", List.of(HostTensor.ofFloats(races, noise.shape())));
        }
        final long[] orders = GoldenModels.orders(expected.get("noise"));
        return MaskSettings.step(orders, orders.length / STUDENT.patches());
    }

    private Deviation check() {
        final HostTensor factors = expected.get("factors"); // those of each micro-batch must be its own
        final LearnerSpec spec = new LearnerSpec(STUDENT, objective, OptimizerSettings.pretraining(new LrSchedule(0, 0, 0, 1))
                .withMicroBatches(factors == null ? 1 : (int) factors.shape()[0]), Precision.FLOAT32, GoldenModels.AS_THEY_ARE,
                0);
        final List<Parameter> trained = objective.trained(STUDENT);
        try (NDManager manager = engine.manager().newSubManager();
                Program program = script.compile(manager, spec.attributes());
                WeightSet weights = WeightSet.of(manager, objective.parameters(STUDENT), student, "the student", List.of("*"));
                WeightSet frozen = WeightSet.of(manager, objective.teacherParameters(), teacher, "the teacher",
                        objective.teacherLeftOver());
                WeightSet stream = WeightSet.of(manager, Map.of("scale", spec.pixels().scale(), "shift", spec.pixels().shift()));
                IValue parameters = weights.trainable(trained)) {
            final StepCall call = call();
            final List<Object> arguments = new ArrayList<>();
            arguments.add(GoldenModels.images(manager, expected.get("images").floats(), STUDENT.image()));
            arguments.addAll(call.upload(manager));
            arguments.addAll(List.of(weights.dictionary(), frozen.dictionary(), stream.dictionary(), parameters));
            try (IValue result = program.call(call.method().replace("step", "gradients"), arguments.toArray())) {
                final IValue[] both = result.toIValueTuple();
                losses(Program.tensor(manager, both[0]).toFloatArray());
                gradients(trained, Program.list(manager, both[1]));
            }
        }
        if (expected.containsKey("logits"))
            logits();
        return deviation;
    }

    /** The answers of a classifier as the evaluator asks for them. */
    private void logits() {
        final float[] images = expected.get("images").floats();
        final int area = STUDENT.image() * STUDENT.image();
        final ByteBuffer pixels = ByteBuffer.allocateDirect(images.length);
        for (int i = 0; i < images.length; i++)
            pixels.put((i / (3 * area) * area + i % area) * 3 + i / area % 3, (byte) images[i]);
        try (Encoder classifier = Encoder.classifier(engine, STUDENT, json.required("classes").asInt(), Pooling.CLASS, student,
                GoldenModels.AS_THEY_ARE)) {
            final HostTensor wanted = expected.get("logits");
            deviation.values("logits", classifier.logits(pixels, images.length / (3 * area)), wanted, TOLERANCE * largest(wanted),
                    0);
        }
    }

    private void losses(float[] losses) {
        final List<String> names = java.util.stream.Stream
                .of("total", "reconstruction", "classification", "distillation", "generation").filter(json::has).toList();
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
