package retort.trainer.learn;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import retort.random.CounterRandom;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;
import retort.trainer.model.DecoderShape;
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

    private static List<Double> steps(Learner learner, long from, int count) {
        final List<Double> totals = new ArrayList<>();
        for (long step = from; step < from + count; step++)
            totals.add(learner.step(images(step % 4), ids(step % 4), new int[BATCH], step).read().total());
        return totals;
    }

    private static LearnerSpec pretrain(long seed) {
        return spec(new Objective.Pretrain(new Objective.Reconstruction(DECODER, true), 4), seed);
    }

    private static LearnerSpec distill(long seed) {
        return spec(new Objective.Distill(new Objective.Reconstruction(DECODER, true), 4, TEACHER, new AlignedPair(1, 2)), seed);
    }

    private static LearnerSpec spec(Objective objective, long seed) {
        return new LearnerSpec(SMALL, objective, OptimizerSettings.pretraining(new LrSchedule(4e-3, 0, 5, 100)),
                Precision.FLOAT32, STATISTICS, seed);
    }

    private static Map<String, HostTensor> teacher() {
        final Objective.Pretrain objective = new Objective.Pretrain(new Objective.Reconstruction(DECODER, true), 4);
        return new HashMap<>(retort.trainer.model.Initialization.draw(objective.parameters(TEACHER), 7));
    }

    private static long[] ids(long batch) {
        return java.util.stream.LongStream.range(batch * BATCH, (batch + 1) * BATCH).toArray();
    }

    /** Smooth colour fields: what is hidden can be told from what is seen. */
    private static ByteBuffer images(long batch) {
        final ByteBuffer pixels = ByteBuffer.allocateDirect(BATCH * 16 * 16 * 3);
        for (int n = 0; n < BATCH; n++) {
            final CounterRandom random = CounterRandom.of(5, "test image", batch, n);
            final double a = random.uniform(-6, 6);
            final double b = random.uniform(-6, 6);
            for (int i = 0; i < 16 * 16; i++)
                for (int c = 0; c < 3; c++)
                    pixels.put((byte) Math.clamp(128 + a * (i % 16 - 8) + b * (i / 16 - 8) + 10 * c, 0, 255));
        }
        return pixels.flip();
    }
}
