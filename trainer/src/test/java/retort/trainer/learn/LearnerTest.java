package retort.trainer.learn;

import retort.trainer.objective.Augmentation;
import retort.trainer.objective.Comparison;
import retort.trainer.objective.Distance;
import retort.trainer.objective.AlignedPair;
import retort.trainer.objective.Reconstruction;
import retort.trainer.objective.Finetune;
import retort.trainer.objective.Distill;
import retort.trainer.objective.Pretrain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;
import retort.trainer.model.DecoderShape;
import retort.trainer.model.Initialization;
import retort.trainer.model.Parameters;
import retort.trainer.model.Pooling;
import retort.trainer.model.Projection;
import retort.trainer.model.VitShape;
import retort.trainer.weights.HostTensor;

final class LearnerTest {
    private static final VitShape SMALL = new VitShape(16, 4, 3, 24, 3, 3);
    private static final VitShape TEACHER = new VitShape(16, 4, 3, 32, 4, 4);
    private static final DecoderShape DECODER = new DecoderShape(16, 2, 2);
    private static final PixelStatistics STATISTICS = new PixelStatistics(List.of(0.5, 0.4, 0.3), List.of(0.2, 0.25, 0.3));
    private static final int BATCH = 8;
    private static Engine engine;

    @BeforeAll
    static void start() {
        engine = Engine.start(new EngineSettings("cpu", 2));
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @Test
    void learnsToReconstruct() {
        final List<Double> losses = engine.call(() -> {
            try (Learner learner = Learner.create(engine, pretrain(1), Map.of())) {
                return steps(learner, 0, 60);
            }
        });
        assertThat(losses.getLast()).isLessThan(0.5 * losses.getFirst());
    }

    @Test
    void learnsFromATeacher() {
        final List<Double> losses = engine.call(() -> {
            try (Learner learner = Learner.create(engine, distill(1), teacher())) {
                return steps(learner, 0, 60);
            }
        });
        assertThat(losses.getLast()).isLessThan(0.7 * losses.getFirst());
    }

    @Test
    void looksAtWhatItLearned() {
        engine.call(() -> {
            try (Learner learner = Learner.create(engine, distill(1), teacher());
                    Encoder encoder = Encoder.load(engine, SMALL, Optional.of(DECODER), learner.weights(), STATISTICS)) {
                assertThat(encoder.features(images(0), BATCH)).hasSize(BATCH * SMALL.width()).doesNotContain(Float.NaN);
                final double[] losses = encoder.reconstructionLosses(images(0), BATCH, ids(0), 3, 0.75, true);
                assertThat(losses).hasSize(BATCH)
                        .isEqualTo(encoder.reconstructionLosses(images(0), BATCH, ids(0), 3, 0.75, true));
                final Pictures pictures = encoder.reconstructions(images(0), BATCH, ids(0), 3, 0.75, true);
                assertThat(pictures.original()).isNotEqualTo(pictures.masked()).isNotEqualTo(pictures.reconstructed());
            }
            return 0;
        });
    }

    @Test
    void givesTheSameBytesForTheSameSeedAndOthersForAnother() {
        engine.call(() -> {
            final Map<String, HostTensor> once = trained(1);
            assertSameBytes(trained(1), once);
            assertThat(trained(2).get("decoder_pred.weight").view()).isNotEqualTo(once.get("decoder_pred.weight").view());
            return 0;
        });
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void goesOnBitByBitFromWhatItSaved(Precision precision) {
        engine.call(() -> {
            final LearnerSpec spec = spec(distill(1).objective(), 1, precision);
            try (Learner whole = Learner.create(engine, spec, teacher());
                    Learner resumed = Learner.create(engine, spec, teacher())) {
                steps(whole, 0, 3);
                resumed.restore(whole.weights(), whole.optimizerState());
                steps(whole, 3, 3);
                steps(resumed, 3, 3);
                assertSameBytes(resumed.weights(), whole.weights());
                assertSameBytes(resumed.optimizerState(), whole.optimizerState());
            }
            return 0;
        });
    }

    @Test
    void learnsInBfloat16Too() {
        final List<Double> losses = engine.call(() -> {
            try (Learner learner = Learner.create(engine, spec(distill(1).objective(), 1, Precision.BFLOAT16), teacher())) {
                return steps(learner, 0, 60);
            }
        });
        assertThat(losses.getLast()).isLessThan(0.7 * losses.getFirst());
    }

    @Test
    void sharesOutABatchWithoutChangingTheStep() {
        engine.call(() -> {
            final LearnerSpec spec = distill(1);
            final OptimizerSettings inParts = new OptimizerSettings(spec.optimizer().schedule(), 0.9, 0.95, 0.05, true, 1, 0, 4);
            try (Learner whole = Learner.create(engine, spec, teacher());
                    Learner parts = Learner.create(engine,
                            new LearnerSpec(SMALL, spec.objective(), inParts, Precision.FLOAT32, STATISTICS, 1), teacher())) {
                final Losses once = whole.step(images(0), ids(0), new int[BATCH], 1).read();
                final Losses fourTimes = parts.step(images(0), ids(0), new int[BATCH], 1).read();
                assertThat(fourTimes.total()).isCloseTo(once.total(), within(1e-5));
                assertThat(fourTimes.gradientNorm()).isCloseTo(once.gradientNorm(), within(1e-4));
            }
            return 0;
        });
    }

    @Test
    void clipsTheGradientAsAWhole() {
        engine.call(() -> {
            final LrSchedule steady = new LrSchedule(1e-2, 0, 0, 1, true);
            final OptimizerSettings clipped = new OptimizerSettings(steady, 0.9, 0.95, 0, true, 1, 0.01, 1);
            try (Learner learner = Learner.create(engine,
                    new LearnerSpec(SMALL, pretrain(1).objective(), clipped, Precision.FLOAT32, STATISTICS, 1), Map.of())) {
                final double before = learner.step(images(0), ids(0), new int[BATCH], 0).read().gradientNorm();
                final double squares = learner.optimizerState().entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith("exp_avg.")).map(entry -> entry.getValue().floats())
                        .mapToDouble(LearnerTest::squares).sum();
                assertThat(before).as("the norm reported is the one before clipping").isGreaterThan(0.01);
                assertThat(Math.sqrt(squares) / 0.1).as("the first moment is a tenth of the clipped gradient").isCloseTo(0.01,
                        within(1e-5));
            }
            return 0;
        });
    }

    /** With 36 patches and a mask ratio of 0.98, only the class token is visible. */
    @Test
    void learnsWhereNoPatchIsSeen() {
        final VitShape student = new VitShape(24, 4, 3, 24, 3, 3);
        final VitShape teacher = new VitShape(24, 4, 3, 32, 4, 4);
        final int visible = Masking.visible(student.patches(), 0.98);
        assertThat(visible).isZero();
        final Objective objective = new Distill(new Reconstruction(DECODER, false), visible, teacher,
                new AlignedPair(1, 2));
        final Losses losses = engine.call(() -> {
            try (Learner learner = Learner.create(engine, new LearnerSpec(student, objective,
                    OptimizerSettings.pretraining(new LrSchedule(1e-3, 0, 0, 10)), Precision.FLOAT32, STATISTICS, 1),
                    Initialization.draw(Parameters.encoder(teacher), 3))) {
                learner.step(ByteBuffer.allocateDirect(24 * 24 * 3), new long[]{1}, new int[1], 0).close();
                return learner.step(ByteBuffer.allocateDirect(24 * 24 * 3), new long[]{1}, new int[1], 1).read();
            }
        });
        assertThat(losses.broken()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Distance.class)
    void comparesFeaturesInEveryWay(Distance distance) {
        for (final Projection projection : List.of(Projection.FC, Projection.MLP, Projection.MLP2))
            for (final boolean unit : List.of(true, false)) {
                final var objective = new Distill(Optional.empty(), 4, 9, TEACHER,
                        List.of(new AlignedPair(0, 1), new AlignedPair(1, 3)), projection,
                        new Comparison(distance, unit), 0, 2);
                final List<Double> losses = engine.call(() -> {
                    try (Learner learner = Learner.create(engine, spec(objective, 1), teacher())) {
                        return steps(learner, 0, 12);
                    }
                });
                assertThat(losses.getLast()).as(distance + " " + projection + " " + unit).isLessThan(losses.getFirst());
            }
    }

    @Test
    void leavesWhatFollowsTheAlignedBlockAloneWithoutReconstruction() {
        engine.call(() -> {
            final var objective = new Distill(Optional.empty(), 4, 4, TEACHER, List.of(new AlignedPair(1, 2)),
                    Projection.FC, new Comparison(Distance.L1, true), 0, 1);
            try (Learner learner = Learner.create(engine, spec(objective, 1), teacher())) {
                final Map<String, HostTensor> before = learner.weights();
                steps(learner, 1, 2);
                final Map<String, HostTensor> after = learner.weights();
                assertThat(after).doesNotContainKey("decoder_pred.weight");
                assertThat(after.get("blocks.2.mlp.fc1.weight").view()).isEqualTo(before.get("blocks.2.mlp.fc1.weight").view());
                assertThat(after.get("blocks.1.mlp.fc1.weight").view())
                        .isNotEqualTo(before.get("blocks.1.mlp.fc1.weight").view());
            }
            return 0;
        });
    }

    /** Two classes that differ only in brightness, with everything that fine-tuning draws. */
    @Test
    void finetunesADistilledModelWithATeachersAnswers() {
        final int[] labels = {0, 1, 0, 1, 0, 1, 0, 1};
        final ByteBuffer pixels = ByteBuffer.allocateDirect(BATCH * 16 * 16 * 3);
        for (int i = 0; i < pixels.capacity(); i++)
            pixels.put(i, (byte) (i / (16 * 16 * 3) % 2 * 120 + 40 + i % 7));
        final var plain = new Finetune(2, Pooling.MEAN, 0.1, 0.2, new Augmentation(0.8, 1, 0.3, 0.5, 0.25),
                Optional.empty());
        final List<Losses> losses = engine.call(() -> {
            try (Learner distilled = Learner.create(engine, distill(1), teacher());
                    Learner first = Learner.create(engine, spec(plain, 1), Map.of(), new LearnerStart.Given(
                            StartingWeights.of(spec(plain, 1), distilled.weights(), "distilled", List.of("head.*", "fc_norm.*"),
                                    List.of("mask_token", "decoder_*", "aligned_feature_projection_heads.*", "norm.*"),
                                    List.of())))) {
                assertThat(first.weights().get("blocks.0.attn.qkv.weight").view())
                        .isEqualTo(distilled.weights().get("blocks.0.attn.qkv.weight").view());
                final List<Losses> read = new ArrayList<>();
                for (long step = 0; step < 60; step++)
                    read.add(first.step(pixels, ids(0), labels, step).read());
                final var withTeacher = new Finetune(2, Pooling.CLASS, 0, 0, Augmentation.NONE,
                        Optional.of(new Finetune.LogitTeacher(SMALL, Pooling.MEAN, 2, 0.5)));
                try (Learner second = Learner.create(engine, spec(withTeacher, 1), first.weights())) {
                    for (long step = 0; step < 60; step++)
                        read.add(second.step(pixels, ids(0), labels, step).read());
                }
                return read;
            }
        });
        assertThat(losses.get(59).parts().get("classification")).isLessThan(0.6);
        assertThat(losses.get(60).parts()).containsOnlyKeys("total", "classification", "distillation");
        assertThat(losses.getLast().parts().get("distillation")).isLessThan(0.5 * losses.get(60).parts().get("distillation"));
    }

    @Test
    void namesThePartThatBroke() {
        engine.call(() -> {
            try (Learner learner = Learner.create(engine, distill(1), teacher())) {
                final Map<String, HostTensor> broken = new HashMap<>(learner.weights());
                final HostTensor bias = broken.get("decoder_pred.bias");
                final float[] values = bias.floats();
                values[0] = Float.MAX_VALUE; // its square is infinite
                broken.put("decoder_pred.bias", HostTensor.ofFloats(values, bias.shape()));
                learner.restore(broken, Map.of());
                assertThat(learner.step(images(0), ids(0), new int[BATCH], 0).read().broken()).contains("reconstruction");
            }
            return 0;
        });
    }

    @Test
    void refusesWeightsThatDoNotFitByName() {
        final Map<String, HostTensor> wrong = teacher();
        wrong.remove("blocks.1.attn.proj.bias");
        wrong.put("cls_token", HostTensor.ofFloats(new float[3], 1, 1, 3));
        assertThatThrownBy(() -> engine.call(() -> Learner.create(engine, distill(1), wrong)))
                .hasMessageContaining("1 missing: blocks.1.attn.proj.bias")
                .hasMessageContaining("cls_token has shape [1, 1, 3]");
    }

    private static Map<String, HostTensor> trained(long seed) {
        try (Learner learner = Learner.create(engine, distill(seed), teacher())) {
            steps(learner, 0, 5);
            return learner.weights();
        }
    }

    private static void assertSameBytes(Map<String, HostTensor> got, Map<String, HostTensor> expected) {
        assertThat(got.keySet()).isEqualTo(expected.keySet());
        got.forEach((name, tensor) -> assertThat(tensor.view()).as(name).isEqualTo(expected.get(name).view()));
    }

    private static double squares(float[] values) {
        double sum = 0;
        for (final float value : values)
            sum += (double) value * value;
        return sum;
    }

    private static List<Double> steps(Learner learner, long from, int count) {
        final List<Double> totals = new ArrayList<>();
        for (long step = from; step < from + count; step++)
            totals.add(learner.step(images(step % 4), ids(step % 4), new int[BATCH], step).read().total());
        return totals;
    }

    private static LearnerSpec pretrain(long seed) {
        return spec(new Pretrain(new Reconstruction(DECODER, true), 4), seed);
    }

    private static LearnerSpec distill(long seed) {
        return spec(new Distill(new Reconstruction(DECODER, true), 4, TEACHER, new AlignedPair(1, 2)), seed);
    }

    private static LearnerSpec spec(Objective objective, long seed) {
        return spec(objective, seed, Precision.FLOAT32);
    }

    private static LearnerSpec spec(Objective objective, long seed, Precision precision) {
        return new LearnerSpec(SMALL, objective, OptimizerSettings.pretraining(new LrSchedule(4e-3, 0, 5, 100)),
                precision, STATISTICS, seed);
    }

    private static Map<String, HostTensor> teacher() {
        final Pretrain objective = new Pretrain(new Reconstruction(DECODER, true), 4);
        return new HashMap<>(Initialization.draw(objective.parameters(TEACHER), 7));
    }

    private static long[] ids(long batch) {
        return java.util.stream.LongStream.range(batch * BATCH, (batch + 1) * BATCH).toArray();
    }

    private static ByteBuffer images(long batch) {
        return ColourFields.batch(batch, BATCH);
    }
}
