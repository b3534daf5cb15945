package retort.trainer.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;
import retort.trainer.model.Initialization;
import retort.trainer.model.Projection;
import retort.trainer.model.VitShape;
import retort.trainer.objective.AlignedPair;
import retort.trainer.objective.Comparison;
import retort.trainer.objective.Distance;
import retort.trainer.objective.Distill;
import retort.trainer.weights.HostTensor;

/** The golden sets hold the program itself ({@code GoldenTest}). Here the same weights and masks go through a step and an alignment. */
class AlignmentTest {
    private static final VitShape STUDENT = new VitShape(8, 2, 1, 16, 3, 2);
    private static final VitShape TEACHER = new VitShape(8, 2, 1, 24, 4, 2);
    private static final int IMAGES = 6;
    private static final long SEED = 5;
    private static final long STEP = 3;

    private static Engine engine;

    @BeforeAll
    static void start() {
        engine = Engine.start(new EngineSettings("cpu", 1));
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @Test
    void theDistancesOfThePairsAreWhatAStepReportsForTheSameMasks() {
        final AlignedPair first = new AlignedPair(0, 1);
        final AlignedPair second = new AlignedPair(2, 3);
        final double both = step(List.of(first, second));
        final double[] distances = distances(List.of(first, second));

        assertThat(distances).hasSize(2);
        assertThat(DoubleStream.of(distances).sum()).isCloseTo(both, within(1e-5 * both));
        assertThat(distances[0]).isCloseTo(step(List.of(first)), within(1e-5));
        assertThat(distances[0]).isNotCloseTo(distances[1], within(1e-4));
    }

    private static double step(List<AlignedPair> pairs) {
        final LearnerSpec spec = spec(pairs);
        return engine.call(() -> {
            try (Learner learner = Learner.create(engine, spec, teacher(spec))) {
                return learner.step(pixels(), ids(), new int[IMAGES], STEP).read().parts().getOrDefault("distillation",
                        Double.NaN);
            }
        });
    }

    private static double[] distances(List<AlignedPair> pairs) {
        final LearnerSpec spec = spec(pairs);
        return engine.call(() -> {
            try (Alignment alignment = Alignment.load(engine, spec, pairs.size(),
                    Initialization.draw(spec.objective().parameters(STUDENT), SEED), teacher(spec))) {
                return alignment.distances(pixels(), IMAGES, Masking.orders(SEED, STEP, ids(), STUDENT.patches()));
            }
        });
    }

    private static LearnerSpec spec(List<AlignedPair> pairs) {
        final Distill objective = new Distill(Optional.empty(), 4, 6, TEACHER, pairs, Projection.FC,
                new Comparison(Distance.L1, true), 0, 1);
        return new LearnerSpec(STUDENT, objective, OptimizerSettings.pretraining(new LrSchedule(0, 0, 0, 1)), Precision.FLOAT32,
                new PixelStatistics(List.of(0.4), List.of(0.3)), SEED);
    }

    private static Map<String, HostTensor> teacher(LearnerSpec spec) {
        return Initialization.draw(spec.objective().teacherParameters(), 99);
    }

    private static long[] ids() {
        return LongStream.range(100, 100 + IMAGES).toArray();
    }

    private static ByteBuffer pixels() {
        final byte[] pixels = new byte[IMAGES * 64];
        new Random(1).nextBytes(pixels);
        return ByteBuffer.allocateDirect(pixels.length).put(pixels).flip();
    }
}
