package retort.trainer.learn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;
import retort.trainer.golden.GoldenSet;
import retort.trainer.model.Script;

/** Plants faults in the program one by one. With each of them training still converges, so the reference values must detect it. */
final class PlantedFaultTest {
    private static Engine engine;

    @BeforeAll
    static void start() {
        engine = Engine.start(new EngineSettings("cpu", 2));
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    static Stream<PlantedFault> faults() {
        return Stream.of(
                new PlantedFault("LayerNorm eps 1e-5", "w[name + \".bias\"], epsilon)", "w[name + \".bias\"], 1e-5)"),
                new PlantedFault("tanh GELU", "torch.gelu(self.linear(x, w, name + \".fc1\"))",
                        "torch.gelu(self.linear(x, w, name + \".fc1\"), approximate=\"tanh\")"),
                new PlantedFault("head-major qkv", "view([n, l, 3, heads, d // heads]), 2)",
                        "view([n, l, heads, 3, d // heads]), 3)"),
                new PlantedFault("transposed pixel order", "kernel.permute([0, 2, 3, 1])", "kernel.permute([0, 3, 2, 1])"),
                new PlantedFault("class position dropped", "first = w[\"cls_token\"] + w[\"pos_embed\"][:, :1]",
                        "first = w[\"cls_token\"]"),
                new PlantedFault("mask inverted", "patches = self.choose(self.patchify(images), order if",
                        "order = torch.flip(order, [1])\n    patches = self.choose(self.patchify(images), order if"),
                new PlantedFault("features after the final norm", "self.project(own, student, i)",
                        "self.project(self.norm(own, student, \"norm\", self.epsilon), student, i)"),
                new PlantedFault("class token dropped from the loss", "pair = self.compare(feature, target)",
                        "pair = self.compare(feature[:, 1:], target[:, 1:])"),
                new PlantedFault("biased variance", "unbiased=True", "unbiased=False"),
                // The loss has the same value, but it moves the frozen teacher towards the student, and the student learns nothing from it.
                new PlantedFault("teacher and student swapped", "pair = self.compare(feature, target)",
                        "pair = self.compare(target, torch.detach(feature)) + 0.0 * torch.mean(feature)"),
                new PlantedFault("blocks of teacher and student swapped", "self.teacher_depth, self.teacher_blocks)",
                        "self.teacher_depth, self.student_blocks)"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void isNoticed(PlantedFault fault) {
        assertThat(worst(fault.plant())).isGreaterThan(1);
    }

    @Test
    void nothingIsNoticedWhereNothingIsPlanted() {
        assertThat(worst(Script.bundled())).isLessThanOrEqualTo(1);
    }

    private static double worst(Script script) {
        return Stream.of("distill-eps", "distill-a-m75", "train-c-l1").mapToDouble(name -> engine.call(() -> worst(script, name)))
                .max().orElseThrow();
    }

    private static double worst(Script script, String name) {
        return Stream.of("distill_forward", "distill_train").flatMap(kind -> GoldenSet.bundledOfKind(kind).stream())
                .filter(set -> set.name().equals(name)).mapToDouble(set -> deviation(script, set).worst()).max().orElseThrow();
    }

    private static Deviation deviation(Script script, GoldenSet set) {
        return set.json().required("kind").asText().equals("distill_forward")
                ? DistillForwardCheck.check(engine, script, set)
                : DistillTrainCheck.check(engine, script, set);
    }
}
