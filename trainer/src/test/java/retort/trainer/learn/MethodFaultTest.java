package retort.trainer.learn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;
import retort.trainer.golden.GoldenSet;

/** Faults in the program of a method are noticed by its reference values. */
final class MethodFaultTest {
    private static Engine engine;

    /** @param set the golden set that notices it */
    record Fault(PlantedFault planted, String set) {
        Fault(String name, String right, String wrong, String set) {
            this(new PlantedFault(name, right, wrong), set);
        }

        @Override
        public String toString() {
            return planted.name();
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
                new Fault("targets without their mean alone", "torch.layer_norm(x, [x.size(-1)], eps=self.standard_epsilon)",
                        "x - torch.mean(x, [-1], True)", "smooth-l1-standardized"),
                new Fault("beta 1", "beta=self.beta", "beta=1.0", "smooth-l1-standardized"),
                new Fault("mean for sum", "float(a.size(-1)) if", "1.0 if", "l2-sum"),
                new Fault("products that are not scaled", "torch.matmul(a * d ** -0.5, b)", "torch.matmul(a, b)", "mae-lite"),
                new Fault("maps for scores", "torch.mse_loss(relation, target)",
                        "torch.mse_loss(torch.softmax(relation, -1), torch.softmax(target, -1))", "mae-lite"),
                new Fault("heads mapped backwards", "torch.matmul(weight, relation",
                        "torch.matmul(torch.flip(weight, [0]), relation",
                        "mae-lite"),
                new Fault("attention of scores that are compared", "return torch.softmax(relation, -1) if",
                        "return torch.detach(torch.softmax(relation, -1)) if", "mae-lite"),
                new Fault("divergence the wrong way round", "torch.exp(target) * (target - relation)",
                        "torch.exp(relation) * (relation - target)", "tinymim"),
                new Fault("queries for keys", "self.relation(thirds[a], thirds[b], split)",
                        "self.relation(thirds[a], thirds[a], split)", "tinymim"),
                new Fault("tokens before their norm", "y = self.norm(x, w, name + \".norm1\", epsilon)\n        thirds",
                        "y = x + 0.0 * self.norm(x, w, name + \".norm1\", epsilon)\n        thirds", "tinymim"),
                new Fault("masked patches alone", "student, 0)\n    return self.compare_features(feature, target)",
                        "student, 0)\n    return self.compare_features(feature[:, 1 + k:], target[:, 1 + k:])", "g2sd"),
                new Fault("patches that both see", "targets[i][:, seen:seen + self.teacher_visible - k]",
                        "targets[i][:, seen - k:seen]", "amd"),
                new Fault("features before their projection's gradient", "self.generate(feature, order, student, i)",
                        "self.generate(torch.detach(feature), order, student, i)", "amd"),
                new Fault("mask tokens without their places", "torch.constant_pad_nd(order[:, :self.teacher_visible] + 1,",
                        "torch.constant_pad_nd((order[:, :self.teacher_visible] + 1)"
                                + " * (torch.arange(self.teacher_visible) < self.visible),",
                        "amd"),
                new Fault("generators of the pairs swapped", "name = \"generators.\" + str(pair)",
                        "name = \"generators.\" + str(1 - pair)", "amd-two-blocks"),
                new Fault("teacher's latent before its norm", "self.norm(x, teacher, \"norm\", self.teacher_epsilon), order",
                        "x, order", "g2sd"),
                new Fault("epsilon 1e-6", "eps=self.standard_epsilon", "eps=1e-6", "maskalign-random"),
                new Fault("patches that attention draws least", "draws / torch.clamp_min(weights, 1e-30)",
                        "draws * torch.clamp_min(weights, 1e-30)", "maskalign"),
                new Fault("attention of one head", "torch.mean(attention[0][:, :, 0, 1:1 + draws.size(1)], [1])",
                        "attention[0][:, 0, 0, 1:1 + draws.size(1)]", "maskalign"),
                new Fault("attention of the last patch", "self.third(y[:, :1], w, at, 0", "self.third(y[:, -1:], w, at, 0",
                        "maskalign-inner-block"),
                new Fault("targets at other patches", "self.choose(outputs[i], tokens)",
                        "self.choose(outputs[i], torch.flip(tokens, [1]))", "maskalign-random"),
                new Fault("a sum over the blocks", "distance / float(len(targets))", "distance", "maskalign-random"),
                new Fault("a mix of the blocks backwards", "torch.stack(outputs)[", "torch.flip(torch.stack(outputs), [0])[",
                        "maskalign"),
                new Fault("the second teacher's weight left out", "self.second_weight * part", "part", "moma"),
                new Fault("the first teacher's rows for the second",
                        "student[\"aligned_feature_mix\"][first:first + len(targets)]",
                        "student[\"aligned_feature_mix\"][:len(targets)]", "moma-mixed"),
                new Fault("the second teacher at other patches", "self.teach_whole(patches, kept, False, w",
                        "self.teach_whole(patches, torch.flip(kept, [1]), False, w", "moma-mixed"));
    }

    /** Faults in a classifier with a distillation token. */
    static Stream<Fault> faultsOfTheToken() {
        return Stream.of(
                new Fault("softened answers for the first choice", "teacher, len(answers) > 1)", "teacher, False)", "g2sd-token"),
                new Fault("the class token's head learns both", "answers[-1], teacher",
                        "answers[0] + 0.0 * answers[-1], teacher", "g2sd-token"),
                new Fault("the token before its norm",
                        "self.linear(self.norm(x[:, -1], w, \"norm\", self.epsilon), w, \"head_dist\")",
                        "self.linear(x[:, -1] + 0.0 * self.norm(x[:, -1], w, \"norm\", self.epsilon), w, \"head_dist\")",
                        "g2sd-token"));
    }

    /** Faults in the branches that an image leaves out. */
    static Stream<Fault> faultsOfDropPath() {
        final String attention = "\".attn.proj\"), w, name + \".ls1\"), kept, 2 * i)";
        return Stream.of(
                new Fault("branches that are not enlarged", "torch.unsqueeze(kept[:, at:at + 1], 2)",
                        "torch.unsqueeze(torch.clamp_max(kept[:, at:at + 1], 1.0), 2)", "tinymim-drop-path"),
                new Fault("attention's draw for the MLP", "kept, 2 * i + 1)", "kept, 2 * i)", "maskalign-drop-path"),
                new Fault("attention's draw for the MLP of a block whose relations are compared",
                        "x = x + self.keep(self.scaled(y, w, name + \".ls2\"), kept, 2 * i + 1)\n      else",
                        "x = x + self.keep(self.scaled(y, w, name + \".ls2\"), kept, 2 * i)\n      else", "attention-drop-path"),
                new Fault("all attention of a block whose relations are compared", attention,
                        attention.replace("kept", "annotate(Optional[Tensor], None)"), "attention-drop-path"),
                new Fault("no branch left out of other blocks", "x = self.dropped_block(x, kept, i, w, name,",
                        "x = self.block(x, w, name,", "tinymim-drop-path"),
                new Fault("draws of the first images for all micro-batches", "kept if kept is None else kept[a:b]",
                        "kept if kept is None else kept[0:b - a]", "maskalign-drop-path"));
    }

    @ParameterizedTest
    @MethodSource({"faults", "faultsOfTheToken", "faultsOfDropPath"})
    void aPlantedFaultIsNoticed(Fault fault) {
        final GoldenSet set = GoldenSet.methods().stream().filter(each -> each.name().equals(fault.set())).findFirst()
                .orElseThrow();
        assertThat(engine.call(() -> MethodCheck.check(engine, fault.planted().plant(), set)).worst()).isGreaterThan(1);
    }
}
