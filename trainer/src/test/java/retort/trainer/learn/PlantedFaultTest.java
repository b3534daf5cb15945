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

    record Fault(String name, String right, String wrong) {
        Script plant() {
            final String source = Script.bundled().source();
            assertThat(source).as("the program has changed: plant this fault anew").contains(right);
            return new Script(source.replace(right, wrong));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    static void start() {
        engine = Engine.start(new EngineSettings("cpu", 2));
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    static Stream<Fault> faults() {
        return Stream.of(
                new Fault("LayerNorm eps 1e-5", "w[name + \".bias\"], epsilon)", "w[name + \".bias\"], 1e-5)"),
                new Fault("tanh GELU", "torch.gelu(self.linear(x, w, name + \".fc1\"))",
                        "torch.gelu(self.linear(x, w, name + \".fc1\"), approximate=\"tanh\")"),
                new Fault("head-major qkv", "view([n, l, 3, heads, d // heads]), 2)", "view([n, l, heads, 3, d // heads]), 3)"),
                new Fault("transposed pixel order", "kernel.permute([0, 2, 3, 1])", "kernel.permute([0, 3, 2, 1])"),
                new Fault("class position dropped", "first = w[\"cls_token\"] + w[\"pos_embed\"][:, :1]",
                        "first = w[\"cls_token\"]"),
                new Fault("mask inverted", "patches = self.choose(self.patchify(images), order if",
                        "order = torch.flip(order, [1])\n    patches = self.choose(self.patchify(images), order if"),
                new Fault("features after the final norm", "self.project(own, student, i)",
                        "self.project(self.norm(own, student, \"norm\", self.epsilon), student, i)"),
                new Fault("class token dropped from the loss", "pair = self.compare(feature, target)",
                        "pair = self.compare(feature[:, 1:], target[:, 1:])"),
                new Fault("biased variance", "unbiased=True", "unbiased=False"),
                // The loss has the same value, but it moves the frozen teacher towards the student, and the student learns nothing from it.
                new Fault("teacher and student swapped", "pair = self.compare(feature, target)",
                        "pair = self.compare(target, torch.detach(feature)) + 0.0 * torch.mean(feature)"),
                new Fault("blocks of teacher and student swapped", "self.teacher_depth, self.teacher_blocks)",
                        "self.teacher_depth, self.student_blocks)"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void isNoticed(Fault fault) {
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
