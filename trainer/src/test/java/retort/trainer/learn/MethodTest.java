package retort.trainer.learn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;
import retort.trainer.golden.GoldenSet;
import retort.trainer.model.Initialization;
import retort.trainer.model.Script;

/** The methods of compose/docs/methods.md: reference values, learning and going on. */
final class MethodTest {
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

    @TestFactory
    Stream<DynamicTest> hasTheReferencesLossesAndGradients() {
        return GoldenSet.methods().stream().map(set -> DynamicTest.dynamicTest(set.name(), () -> {
            final Deviation deviation = engine.call(() -> MethodCheck.check(engine, Script.bundled(), set));
            assertThat(deviation.worst()).as(deviation.where()).isLessThanOrEqualTo(1);
            set.passed(deviation.compared(), deviation.worst());
        }));
    }

    @ParameterizedTest
    @MethodSource("retort.trainer.learn.Methods#all")
    void learnsFromATeacher(Objective method) {
        final List<Double> losses = engine.call(() -> {
            try (Learner learner = learner(method, Precision.FLOAT32)) {
                return steps(learner, 0, 60);
            }
        });
        assertThat(losses.getLast()).isLessThan(0.8 * losses.getFirst());
    }

    @ParameterizedTest
    @MethodSource("retort.trainer.learn.Methods#all")
    void goesOnBitByBitFromWhatItSaved(Objective method) {
        for (final Precision precision : Precision.values())
            engine.call(() -> {
                try (Learner whole = learner(method, precision); Learner resumed = learner(method, precision)) {
                    steps(whole, 0, 3);
                    resumed.restore(whole.weights(), whole.optimizerState());
                    assertThat(steps(resumed, 3, 3)).isEqualTo(steps(whole, 3, 3));
                    resumed.weights().forEach((name, tensor) -> assertThat(tensor.view()).as(name)
                            .isEqualTo(whole.weights().get(name).view()));
                }
                return 0;
            });
    }

    private static Learner learner(Objective method, Precision precision) {
        final LearnerSpec spec = new LearnerSpec(Methods.VIT, method,
                OptimizerSettings.pretraining(new LrSchedule(4e-3, 0, 5, 100)),
                precision,
                new PixelStatistics(List.of(0.5, 0.4, 0.3), List.of(0.2, 0.25, 0.3)), 1);
        return Learner.create(engine, spec, Initialization.draw(method.teacherParameters(), 7), Script.bundled());
    }

    private static List<Double> steps(Learner learner, long from, int count) {
        final List<Double> totals = new ArrayList<>();
        for (long step = from; step < from + count; step++)
            totals.add(
                    learner.step(ColourFields.batch(step % 4, BATCH), LongStream.range(0, BATCH).map(id -> id + 100).toArray(),
                            new int[BATCH], step)
                            .read().total());
        return totals;
    }
}
