package retort.trainer.learn;

import retort.trainer.objective.Comparison;
import retort.trainer.objective.Distance;
import retort.trainer.objective.AlignedPair;
import retort.trainer.objective.Distill;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;
import retort.trainer.engine.Program;
import retort.trainer.model.Mlp;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.model.Pooling;
import retort.trainer.model.Projection;
import retort.trainer.model.Script;
import retort.trainer.model.VitShape;
import retort.trainer.pretrained.Hints;
import retort.trainer.pretrained.PretrainedEncoder;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.SafeTensors;

/**
 * Compares encoders of other libraries with the values that their own library computes in float64 (torch 2.7.1, timm 1.0.31,
 * transformers 4.57.1; encoders/make.py creates the files). A value may deviate by 1e-5 of the largest value in its tensor.
 */
class ForeignEncoderTest {
    private static final double TOLERANCE = 1e-5;
    private static Engine engine;

    @BeforeAll
    static void start() {
        engine = Engine.start(new EngineSettings("cpu", 2));
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "layer-scale", "qk-norm", "registers", "registers-with-positions", "swiglu", "dinov2-giant",
            "no-qkv-bias", "no-proj-bias", "no-class-token", "no-class-token-registers", "deit-distilled", "deit3", "clip",
            "clip-quick", "patch-14", "eva", "hf-vit", "hf-vit-mae", "hf-deit", "hf-dinov2", "hf-dinov2-swiglu",
            "hf-dinov2-registers", "hf-clip", "siglip-gap", "hf-siglip", "hf-ijepa", "dinov2-chunks", "deit3-gamma", "bfloat16",
            "float16"})
    void teachesWhatItsOwnLibraryComputes(String name) {
        final PretrainedEncoder encoder = read(name);
        final Map<String, HostTensor> expected = SafeTensors.read(file(name + ".expected.safetensors"));

        engine.submit(() -> {
            final Map<String, float[]> features = features(encoder, expected.get("images"));
            for (int block = 0; block < 2; block++)
                requireClose(name + " block " + block, features.get("teacher_feature." + block),
                        expected.get("features." + block));
            if (expected.containsKey("tokens") && encoder.tensors().containsKey("norm.weight"))
                requireClose(name + " mean of the patches", pooled(encoder, expected.get("images")),
                        mean(encoder, expected.get("tokens")));
            return true;
        }).block();
    }

    @ParameterizedTest
    @ValueSource(strings = {"logits-avg", "logits-token", "logits-plain"})
    void answersAsItsOwnLibraryDoes(String name) {
        final PretrainedEncoder encoder = read(name);
        final Map<String, HostTensor> expected = SafeTensors.read(file(name + ".expected.safetensors"));
        final Pooling pooling = encoder.tensors().containsKey("fc_norm.weight") ? Pooling.MEAN : Pooling.CLASS;

        engine.submit(() -> {
            final List<Parameter> parameters = new ArrayList<>(Parameters.trunk(encoder.shape(), encoder.shape().depth()));
            parameters.addAll(Parameters.classifier(encoder.shape(), pooling, 5));
            requireClose(name, infer("logits", encoder, parameters, Map.of("classes", 5, "pooling", pooling.toString()),
                    expected.get("images")), doubles(expected.get("logits")));
            return true;
        }).block();
    }

    /** A student has no layer scale, but it begins with the same function. */
    @ParameterizedTest
    @ValueSource(strings = {"layer-scale", "deit3", "hf-dinov2"})
    void startsAModelWithoutLayerScaleAsTheSameFunction(String name) {
        final PretrainedEncoder given = read(name);
        final VitShape own = given.shape();
        final PretrainedEncoder plain = new PretrainedEncoder(
                new VitShape(own.image(), own.patch(), own.channels(), own.width(), own.depth(), own.heads()),
                given.withoutLayerScale(), List.of());
        final Map<String, HostTensor> expected = SafeTensors.read(file(name + ".expected.safetensors"));

        engine.submit(() -> {
            requireClose(name, features(plain, expected.get("images")).get("teacher_feature.1"), expected.get("features.1"));
            return true;
        }).block();
    }

    private static PretrainedEncoder read(String name) {
        final Optional<Mlp> mlp = switch (name) {
            case "clip" -> Optional.of(Mlp.GELU);
            case "clip-quick", "hf-clip" -> Optional.of(Mlp.QUICK_GELU);
            case "siglip-gap", "hf-siglip" -> Optional.of(Mlp.TANH_GELU);
            default -> Optional.empty();
        };
        return PretrainedEncoder.read(file(name + ".safetensors"), Optional.empty(),
                new Hints(OptionalInt.of(2), OptionalDouble.empty(), mlp, Optional.empty(), name.equals("deit3-gamma")));
    }

    /** The teacher's features for distillation if every patch is visible, by their names in the trace. */
    private static Map<String, float[]> features(PretrainedEncoder teacher, HostTensor images) {
        final VitShape shape = teacher.shape();
        final VitShape student = new VitShape(shape.image(), shape.patch(), shape.channels(), 8, 2, 2);
        final var objective = new Distill(Optional.empty(), shape.patches(), shape.patches(), shape,
                List.of(new AlignedPair(0, 0), new AlignedPair(1, 1)), Projection.FC, new Comparison(Distance.L1, true), 0, 1);
        final LearnerSpec spec = new LearnerSpec(student, objective, OptimizerSettings.pretraining(new LrSchedule(0, 0, 0, 1)),
                Precision.FLOAT32, GoldenModels.AS_THEY_ARE, 0);
        final int count = (int) images.shape()[0];
        final long[] orders = LongStream.range(0, (long) count * shape.patches()).map(i -> i % shape.patches()).toArray();
        final Map<String, float[]> features = new LinkedHashMap<>();
        try (NDManager manager = engine.manager().newSubManager();
                Program program = Script.bundled().compile(manager, spec.attributes());
                WeightSet own = WeightSet.of(manager, objective.parameters(student),
                        parameter -> retort.trainer.model.Initialization.draw(parameter, objective.parameters(student), 1));
                WeightSet frozen = WeightSet.of(manager, objective.teacherParameters(), teacher.tensors(),
                        "the teacher's weights", List.of("*"));
                WeightSet stream = WeightSet.of(manager, Map.of("scale", spec.pixels().scale(), "shift", spec.pixels().shift()));
                IValue traced = Program.value(new LinkedHashMap<>(Map.of("images", images(manager, images))))) {
            frozen.freeze(program);
            program.infer("losses", images(manager, images), manager.create(orders, new Shape(count, shape.patches())),
                    own.dictionary(), frozen.dictionary(), stream.dictionary(), traced).close();
            Program.tensors(manager, traced).forEach((name, array) -> features.put(name, array.toFloatArray()));
        }
        return features;
    }

    private static float[] pooled(PretrainedEncoder encoder, HostTensor images) {
        return infer("features", encoder, Parameters.encoder(encoder.shape()), Map.of("pooling", "avg"), images);
    }

    private static float[] infer(String method, PretrainedEncoder encoder, List<Parameter> parameters, Map<String, Object> more,
            HostTensor images) {
        final VitShape shape = encoder.shape();
        final Map<String, Object> attributes = new TreeMap<>(Map.of("patch", shape.patch(), "heads", shape.heads(), "epsilon",
                shape.variant().epsilon(), "depth", shape.depth()));
        attributes.putAll(more);
        try (NDManager manager = engine.manager().newSubManager();
                Program program = Script.bundled().compile(manager, attributes);
                WeightSet weights = WeightSet.of(manager, parameters, encoder.tensors(), "the weights", List.of("*"));
                WeightSet stream = WeightSet.of(manager,
                        Map.of("scale", GoldenModels.AS_THEY_ARE.scale(), "shift", GoldenModels.AS_THEY_ARE.shift()))) {
            return Program.tensor(manager, program.infer(method, images(manager, images), weights.dictionary(),
                    stream.dictionary())).toFloatArray();
        }
    }

    private static NDArray images(NDManager manager, HostTensor images) {
        return manager.create(images.floats(), new Shape(images.shape()));
    }

    /** The means over the patches, image by image. */
    private static double[] mean(PretrainedEncoder encoder, HostTensor tokens) {
        final int first = encoder.shape().variant().classToken() ? 1 : 0;
        final int count = (int) tokens.shape()[0];
        final int each = (int) tokens.shape()[1];
        final int width = (int) tokens.shape()[2];
        final double[] values = doubles(tokens);
        final double[] means = new double[count * width];
        for (int n = 0; n < count; n++)
            for (int t = first; t < each; t++)
                for (int d = 0; d < width; d++)
                    means[n * width + d] += values[(n * each + t) * width + d] / (each - first);
        return means;
    }

    private static void requireClose(String what, float[] got, HostTensor expected) {
        requireClose(what, got, doubles(expected));
    }

    private static void requireClose(String what, float[] got, double[] expected) {
        assertThat(got).as(what).hasSameSizeAs(expected);
        double largest = 0;
        double worst = 0;
        for (int i = 0; i < got.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            worst = Math.max(worst, Math.abs(got[i] - expected[i]));
        }
        assertThat(worst / largest).as(what).isLessThan(TOLERANCE);
    }

    private static double[] doubles(HostTensor tensor) {
        final double[] values = new double[(int) tensor.elements()];
        tensor.view().asDoubleBuffer().get(values);
        return values;
    }

    static Path file(String name) {
        try {
            return Path.of(ForeignEncoderTest.class.getResource("/encoders/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
