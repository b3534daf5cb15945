package retort.evaluator.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import retort.digest.FileDigest;
import retort.evaluator.BundledImages;
import retort.evaluator.GoldenSet;
import retort.evaluator.knn.FeatureBlock;
import retort.place.Places;
import retort.random.CounterRandom;
import retort.record.Architecture;
import retort.record.CheckpointReady;
import retort.record.Stream;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;
import retort.trainer.images.ImageBlock;
import retort.trainer.images.ImagePosition;
import retort.trainer.model.Initialization;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.model.Pooling;
import retort.trainer.model.VitShape;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.SafeTensors;

/**
 * The way of a classifier through the evaluator: its checkpoint is verified and loaded, bytes become logits, and logits become figures. The
 * golden sets are those of kind {@code finetune}: the bundled ones, or those of the folder {@code -Dgolden.dir}.
 */
class ClassificationGoldenTest {
    private static final List<Double> IMAGENET_MEAN = List.of(0.485, 0.456, 0.406);
    private static final List<Double> IMAGENET_STD = List.of(0.229, 0.224, 0.225);
    private static final int VAL = 2000;
    private static final int BLOCK = 300;
    private static final int BINS = 15;

    private static Engine engine;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        engine = Engine.start(new EngineSettings("cpu", 1));
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    static List<GoldenSet> sets() {
        return GoldenSet.ofKind("finetune");
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("sets")
    void featuresLogitsAndFiguresAreTheReferences(GoldenSet set) {
        final JsonNode arch = set.json().required("arch");
        final VitShape vit = new VitShape(arch.required("img_size").intValue(), arch.required("patch_size").intValue(), 3,
                arch.required("embed_dim").intValue(), arch.required("depth").intValue(), arch.required("num_heads").intValue());
        final Pooling pooling = set.json().required("global_pool").booleanValue() ? Pooling.MEAN : Pooling.CLASS;
        final int classes = arch.required("num_classes").intValue();
        final Map<String, HostTensor> weights = new HashMap<>(
                SafeTensors.read(set.folder().resolve(set.json().required("weights").asText())));
        weights.keySet().removeIf(name -> name.startsWith(pooling == Pooling.MEAN ? "norm." : "fc_norm.")); // of the other sets
        final int[] targets = set.integers("targets");
        final ImageBlock images = new ImageBlock(bytes(set, vit, targets.length), new long[targets.length], targets,
                ImagePosition.at(0));
        final FrozenModel model = open(vit, pooling, classes, weights, IMAGENET_MEAN, IMAGENET_STD);
        try {
            set.requireClose("features", Objects.requireNonNull(model.of(images).block()).rows(), "features");
            final float[] logits = Objects.requireNonNull(model.logits(images).block());
            set.requireClose("logits", logits, "logits");

            final Answers answers = new Answers(List.of(), classes);
            answers.add(targets, logits);
            final Score score = answers.score("loss");
            final double loss = set.json().required("expected").required("cross_entropy_smoothing_0.0").doubleValue();
            assertThat(score.metrics().get("loss")).isCloseTo(loss, within(set.tolerance("losses", loss)));
            final float[] expected = set.floats("logits");
            assertThat(score.metrics().get("top1") * targets.length).isCloseTo(right(expected, targets, 1), within(1e-9));
            if (classes > 5)
                assertThat(score.metrics().get("top5") * targets.length).isCloseTo(right(expected, targets, 5), within(1e-9));
        } finally {
            model.close().block();
        }
    }

    /** Every figure of the bundled validation images is that of a count in double precision from the same logits. */
    @Test
    void figuresOfTheBundledImagesAreAnIndependentCount() throws IOException {
        final VitShape vit = new VitShape(28, 7, 1, 16, 2, 2);
        final List<Parameter> parameters = new ArrayList<>(Parameters.trunk(vit, vit.depth()));
        parameters.addAll(Parameters.classifier(vit, Pooling.MEAN, BundledImages.CLASSES));
        final FrozenModel model = open(vit, Pooling.MEAN, BundledImages.CLASSES, drawn(parameters), List.of(0.3), List.of(0.3));
        final FeatureBlock images = BundledImages.read("t10k", VAL);
        final Answers answers = new Answers(List.of(), BundledImages.CLASSES);
        final float[] all = new float[VAL * BundledImages.CLASSES];
        try {
            for (int from = 0; from < VAL; from += BLOCK) {
                final ImageBlock block = block(images, from, Math.min(VAL, from + BLOCK));
                final float[] logits = Objects.requireNonNull(model.logits(block).block());
                answers.add(block.labels(), logits);
                System.arraycopy(logits, 0, all, from * BundledImages.CLASSES, logits.length);
            }
        } finally {
            model.close().block();
        }

        final Score score = answers.score("loss");
        final int[] labels = images.labels();
        assertThat(score.images()).isEqualTo(VAL);
        assertThat(score.metrics().get("top1")).isCloseTo((double) right(all, labels, 1) / VAL, within(1e-12)).isBetween(0.02,
                0.98);
        assertThat(score.metrics().get("top5")).isCloseTo((double) right(all, labels, 5) / VAL, within(1e-12));
        final double[] probabilities = probabilities(all);
        assertThat(score.metrics().get("loss")).isCloseTo(IntStream.range(0, VAL)
                .mapToDouble(i -> -Math.log(probabilities[i * BundledImages.CLASSES + labels[i]])).average().orElseThrow(),
                within(1e-9));
        assertThat(score.metrics().get("ece")).isCloseTo(calibration(probabilities, labels), within(1e-9));
        for (int label = 0; label < BundledImages.CLASSES; label++) {
            final int own = label;
            final int[] those = IntStream.range(0, VAL).filter(i -> labels[i] == own).toArray();
            assertThat(score.classAccuracy().get("(" + label + ")")).isCloseTo(
                    IntStream.of(those).filter(i -> answer(all, i) == own).count() / (double) those.length, within(1e-12));
        }
        assertThat(score.confusions()).hasSize(10).allSatisfy(pair -> assertThat(pair.getImages()).isEqualTo(
                IntStream.range(0, VAL).filter(i -> pair.getLabel().equals("(" + labels[i] + ")")
                        && pair.getAnswer().equals("(" + answer(all, i) + ")")).count()));
    }

    /** The pixels of a set, (N, H, W, C). Its images are bytes that were normalised. */
    private static ByteBuffer bytes(GoldenSet set, VitShape vit, int count) {
        final float[] images = set.floats("images");
        final int side = vit.image();
        final ByteBuffer pixels = ByteBuffer.allocateDirect(images.length);
        double rounded = 0;
        for (int i = 0; i < images.length; i++) {
            final int channel = i / (side * side) % 3;
            final double value = 255 * (images[i] * IMAGENET_STD.get(channel) + IMAGENET_MEAN.get(channel));
            rounded = Math.max(rounded, Math.abs(value - Math.rint(value)));
            pixels.put((i / (3 * side * side) * side * side + i % (side * side)) * 3 + channel, (byte) Math.rint(value));
        }
        assumeTrue(rounded < 0.001, "the images of " + set + " are no bytes, and an evaluator reads bytes");
        assertThat(images).hasSize(count * 3 * side * side);
        return pixels;
    }

    private static ImageBlock block(FeatureBlock images, int from, int to) {
        final ByteBuffer pixels = ByteBuffer.allocateDirect((to - from) * BundledImages.WIDTH);
        for (int i = from * BundledImages.WIDTH; i < to * BundledImages.WIDTH; i++)
            pixels.put((byte) Math.round(images.rows()[i] * 255));
        return new ImageBlock(pixels.flip(), new long[to - from], Arrays.copyOfRange(images.labels(), from, to),
                ImagePosition.at(0));
    }

    /** A new classifier, but for its head, whose values are normal: a new head has no opinions. */
    private static Map<String, HostTensor> drawn(List<Parameter> parameters) {
        final Map<String, HostTensor> tensors = new HashMap<>(Initialization.draw(parameters, 5));
        tensors.computeIfPresent("head.weight", (name, weight) -> {
            final CounterRandom random = CounterRandom.of(5, name, 0, 0);
            final float[] values = new float[Math.toIntExact(weight.elements())];
            for (int i = 0; i < values.length; i++)
                values[i] = (float) random.nextGaussian();
            return HostTensor.ofFloats(values, weight.shape());
        });
        return tensors;
    }

    private FrozenModel open(VitShape vit, Pooling pooling, int classes, Map<String, HostTensor> weights, List<Double> mean,
            List<Double> std) {
        final Path file = folder.resolve("weights.safetensors");
        final FileDigest digest = SafeTensors.write(file, weights, Map.of());
        final CheckpointReady checkpoint = CheckpointReady.newBuilder().setRun("run").setStep(0).setSteps(1).setStream("train")
                .setUri(file.toUri().toString()).setSha256(digest.sha256()).setBytes(digest.bytes()).setObjective("finetune")
                .setNextSequence(0).setAt(Instant.EPOCH)
                .setArchitecture(Architecture.newBuilder().setImage(vit.image()).setPatch(vit.patch())
                        .setChannels(vit.channels()).setWidth(vit.width()).setDepth(vit.depth()).setHeads(vit.heads())
                        .setClasses(classes).setPooling(pooling.toString()).build())
                .build();
        final Stream stream = Stream.newBuilder().setName("val").setSource("test").setRecipe("none").setSeed(0)
                .setChannels(vit.channels()).setHeight(vit.image()).setWidth(vit.image()).setMean(mean).setStd(std)
                .setClassNames(List.of()).setImagesPerRecord(5).setPartitions(1).setSettingsHash("")
                .setCreatedAt(Instant.EPOCH).build();
        return Objects.requireNonNull(FrozenModel.open(engine, Places.standard(), checkpoint, stream).block());
    }

    /** Images whose class is among the {@code best} greatest logits; none of these sets has equal ones. */
    private static int right(float[] logits, int[] labels, int best) {
        final int classes = logits.length / labels.length;
        return (int) IntStream.range(0, labels.length).filter(i -> IntStream.range(0, classes)
                .filter(c -> logits[i * classes + c] > logits[i * classes + labels[i]]).count() < best).count();
    }

    private static int answer(float[] logits, int image) {
        return IntStream.range(0, BundledImages.CLASSES)
                .reduce((a, b) -> logits[image * BundledImages.CLASSES + b] > logits[image * BundledImages.CLASSES + a] ? b : a)
                .orElseThrow();
    }

    private static double[] probabilities(float[] logits) {
        final double[] probabilities = new double[logits.length];
        for (int from = 0; from < logits.length; from += BundledImages.CLASSES) {
            double sum = 0;
            for (int i = from; i < from + BundledImages.CLASSES; i++)
                sum += Math.exp(logits[i]);
            for (int i = from; i < from + BundledImages.CLASSES; i++)
                probabilities[i] = Math.exp(logits[i]) / sum;
        }
        return probabilities;
    }

    /** Bins (b / 15, (b + 1) / 15] of the greatest probability: |accuracy - mean probability|, weighted by images. */
    private static double calibration(double[] probabilities, int[] labels) {
        double error = 0;
        for (int bin = 0; bin < BINS; bin++) {
            double difference = 0;
            for (int i = 0; i < labels.length; i++) {
                int best = 0;
                for (int c = 0; c < BundledImages.CLASSES; c++)
                    if (probabilities[i * BundledImages.CLASSES + c] > probabilities[i * BundledImages.CLASSES + best])
                        best = c;
                final double greatest = probabilities[i * BundledImages.CLASSES + best];
                if (greatest > (double) bin / BINS && greatest <= (bin + 1.0) / BINS)
                    difference += (best == labels[i] ? 1 : 0) - greatest;
            }
            error += Math.abs(difference);
        }
        return error / labels.length;
    }
}
