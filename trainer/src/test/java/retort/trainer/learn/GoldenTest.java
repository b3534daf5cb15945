package retort.trainer.learn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;
import retort.trainer.golden.GoldenSet;
import retort.trainer.model.Script;

/**
 * Compares every number with reference values from the authors' code, each within the tolerance of its set. It runs on the device
 * {@code -Dgolden.device}, which is {@code cpu} by default.
 */
final class GoldenTest {
    private static final Script SCRIPT = Script.bundled();
    private static Engine engine;

    @BeforeAll
    static void start() {
        engine = Engine.start(new EngineSettings(System.getProperty("golden.device", "cpu"), 2));
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @TestFactory
    Stream<DynamicTest> computesTheForwardPass() {
        return sets("distill_forward", set -> DistillForwardCheck.check(engine, SCRIPT, set));
    }

    @TestFactory
    Stream<DynamicTest> computesGradientsAndSteps() {
        return sets("distill_train", set -> DistillTrainCheck.check(engine, SCRIPT, set));
    }

    @TestFactory
    Stream<DynamicTest> finetunes() {
        return sets("finetune", set -> FinetuneCheck.check(engine, SCRIPT, set));
    }

    @TestFactory
    Stream<DynamicTest> namesEveryWeightAndKeepsItsBits() {
        return Stream.concat(sets("weights", set -> WeightsCheck.model(engine, set)),
                sets("head_weights", set -> WeightsCheck.head(engine, set)));
    }

    @TestFactory
    Stream<DynamicTest> placesPatches() {
        return Stream.concat(sets("posembed_sincos", TableChecks::positions),
                sets("posembed_interp", TableChecks::resizedPositions));
    }

    @TestFactory
    Stream<DynamicTest> schedulesLearningRates() {
        return sets("lr_schedule", TableChecks::learningRates);
    }

    @TestFactory
    Stream<DynamicTest> decaysLayerByLayer() {
        return sets("layer_decay", TableChecks::layerDecay);
    }

    @TestFactory
    Stream<DynamicTest> keepsAsManyPatches() {
        return sets("len_keep", TableChecks::keptPatches);
    }

    private static Stream<DynamicTest> sets(String kind, Function<GoldenSet, Deviation> check) {
        return GoldenSet.ofKind(kind).stream().map(set -> DynamicTest.dynamicTest(set.name(), () -> {
            final Deviation deviation = engine.call(() -> check.apply(set));
            assertThat(deviation.worst()).as(deviation.where()).isLessThanOrEqualTo(1);
            set.passed(deviation.compared(), deviation.worst());
        }));
    }
}
