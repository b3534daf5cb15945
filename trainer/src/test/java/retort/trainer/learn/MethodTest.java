package retort.trainer.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;
import retort.trainer.golden.GoldenSet;
import retort.trainer.model.DecoderShape;
import retort.trainer.model.Initialization;
import retort.trainer.model.Pooling;
import retort.trainer.model.Projection;
import retort.trainer.model.Script;
import retort.trainer.model.VitShape;
import retort.trainer.objective.AlignedPair;
import retort.trainer.objective.Augmentation;
import retort.trainer.objective.Comparison;
import retort.trainer.objective.Decode;
import retort.trainer.objective.Distance;
import retort.trainer.objective.Distill;
import retort.trainer.objective.Finetune;
import retort.trainer.objective.Generator;
import retort.trainer.objective.Reconstruction;
import retort.trainer.objective.Relate;
import retort.trainer.objective.Relation;
import retort.trainer.objective.RelationDistance;

/** The methods of compose/docs/methods.md: reference values, planted faults that they notice, learning and going on. */
final class MethodTest {
    static final VitShape VIT = new VitShape(16, 4, 3, 24, 3, 3);
    static final VitShape TEACHER = new VitShape(16, 4, 3, 32, 4, 4);
    private static final Reconstruction PIXELS = new Reconstruction(new DecoderShape(16, 1, 2), true);
    private static final int BATCH = 8;
    private static final Objective TARGETS = new Distill(Optional.empty(), 4, 4, TEACHER, List.of(new AlignedPair(1, 2)),
            Projection.FC, new Comparison(Distance.SMOOTH_L1, 2, Comparison.Channels.SUM, false, true), 0, 1);
    private static final Objective MAE_LITE = new Relate(Optional.of(PIXELS), 4, TEACHER, List.of(new AlignedPair(2, 3)),
            List.of(Relation.QK), true, RelationDistance.SCORES_L2, 1, 1);
    private static final Objective TINY_MIM = new Relate(Optional.empty(), 16, TEACHER, List.of(new AlignedPair(2, 2)),
            List.of(Relation.QK, Relation.VV), false, RelationDistance.KL, 0, 1);
    private static final Objective G2SD = new Decode(4, new DecoderShape(16, 2, 2), TEACHER, new DecoderShape(24, 2, 3), 0,
            Projection.MLP, new Comparison(Distance.SMOOTH_L1, 2, Comparison.Channels.MEAN, false, true));
    private static final Objective AMD = new Distill(Optional.of(PIXELS), 4, 9, TEACHER,
            List.of(new AlignedPair(0, 1), new AlignedPair(2, 2)), Projection.LINEAR,
            new Comparison(Distance.L2, 1, Comparison.Channels.MEAN, false, true), 1, 0.5, Optional.of(new Generator(2, 0.5)));
    private static final Objective TOKEN = new Finetune(2, Pooling.CLASS, 0.1, 0.1, Augmentation.NONE,
            Optional.of(new Finetune.LogitTeacher(TEACHER, Pooling.MEAN, 1, 0.5)), true);
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

    @TestFactory
    Stream<DynamicTest> hasTheReferencesLossesAndGradients() {
        return GoldenSet.methods().stream().map(set -> DynamicTest.dynamicTest(set.name(), () -> {
            final Deviation deviation = engine.call(() -> MethodCheck.check(engine, Script.bundled(), set));
            assertThat(deviation.worst()).as(deviation.where()).isLessThanOrEqualTo(1);
            set.passed(deviation.compared(), deviation.worst());
        }));
    }

    static Stream<Objective> methods() {
        return Stream.of(TARGETS, MAE_LITE, TINY_MIM, G2SD, AMD, TOKEN, AlignTest.MASK_ALIGN, AlignTest.INNER,
                AlignTest.MOMA);
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

    @ParameterizedTest
    @MethodSource({"faults", "faultsOfTheToken"})
    void aPlantedFaultIsNoticed(Fault fault) {
        final GoldenSet set = GoldenSet.methods().stream().filter(each -> each.name().equals(fault.set())).findFirst()
                .orElseThrow();
        assertThat(engine.call(() -> MethodCheck.check(engine, fault.planted().plant(), set)).worst()).isGreaterThan(1);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void learnsFromATeacher(Objective method) {
        final List<Double> losses = engine.call(() -> {
            try (Learner learner = learner(method, Precision.FLOAT32)) {
                return steps(learner, 0, 60);
            }
        });
        assertThat(losses.getLast()).isLessThan(0.8 * losses.getFirst());
    }

    @ParameterizedTest
    @MethodSource("methods")
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

    /** TinyMIM's last block gives queries, keys and values. What follows them has no part in the loss, on both sides. */
    @Test
    void whatFollowsTheLastRelationsIsNeitherLoadedNorTrained() {
        assertThat(TINY_MIM.teacherParameters()).extracting(parameter -> parameter.name()).contains("blocks.2.attn.qkv.weight",
                "blocks.1.mlp.fc2.weight").noneMatch(name -> name.startsWith("blocks.2.mlp") || name.startsWith("blocks.3"));
        assertThat(TINY_MIM.trained(VIT)).extracting(parameter -> parameter.name()).contains("blocks.2.attn.qkv.weight")
                .noneMatch(name -> name.startsWith("blocks.2.attn.proj") || name.startsWith("blocks.2.norm2")
                        || name.startsWith("blocks.2.mlp") || name.startsWith("norm."));
        assertThat(TINY_MIM.parameters(VIT)).extracting(parameter -> parameter.name()).contains("blocks.2.mlp.fc2.weight",
                "norm.weight");
    }

    @Test
    void whatFollowsTheBlockOfTheDecoderIsNeitherLoadedNorTrained() {
        assertThat(G2SD.teacherParameters()).extracting(parameter -> parameter.name()).contains("norm.weight", "mask_token",
                "decoder_blocks.0.mlp.fc2.weight").noneMatch(
                        name -> name.startsWith("decoder_blocks.1")
                                || name.startsWith("decoder_norm") || name.startsWith("decoder_pred"));
        assertThat(G2SD.parameters(VIT)).extracting(parameter -> parameter.name()).contains("decoder_blocks.1.mlp.fc2.weight")
                .noneMatch(name -> name.startsWith("decoder_norm") || name.startsWith("decoder_pred"));
    }

    /** A count by hand for the objectives above: 17 tokens without a mask, 5 with one. */
    @Test
    void countsWhatItComputes() {
        final long teacher = 2 * 16 * 48 * 32 + 2 * (2 * 17 * 12 * 32 * 32 + 4 * 17 * 17 * 32) + 2 * 17 * 3 * 32 * 32
                + 2 * 2 * 17 * 17 * 32;
        final long student = 2 * 2 * 16 * 48 * 24
                + 3 * (2 * (2 * 17 * 12 * 24 * 24 + 4 * 17 * 17 * 24) + 2 * 17 * 3 * 24 * 24 + 2 * 2 * 17 * 17 * 24);
        assertThat(TINY_MIM.operations(VIT)).isEqualTo(OptionalLong.of(teacher + student));
        final long lite = 2 * 4 * 48 * 32 + 3 * (2 * 5 * 12 * 32 * 32 + 4 * 5 * 5 * 32) + 2 * 5 * 2 * 32 * 32 + 2 * 5 * 5 * 32;
        final long decoder = 2 * 5 * 24 * 16 + 2 * 17 * 2 * 16 * 16 + 4 * 12 * 17 * 16 + 2 * 12 * 10 * 16 * 16 + 2 * 12 * 16 * 48;
        assertThat(MAE_LITE.operations(VIT)).isEqualTo(OptionalLong.of(lite + 2 * 2 * 4 * 48 * 24
                + 3 * (3 * (2 * 5 * 12 * 24 * 24 + 4 * 5 * 5 * 24) + 2 * 5 * 5 * 3 * 4 + decoder)));
        final long frozen = 2 * 4 * 48 * 32 + 4 * (2 * 5 * 12 * 32 * 32 + 4 * 5 * 5 * 32) + 2 * 5 * 32 * 24
                + 2 * 17 * 12 * 24 * 24 + 4 * 17 * 17 * 24;
        final long own = 3 * (2 * 5 * 12 * 24 * 24 + 4 * 5 * 5 * 24) + 2 * 5 * 24 * 16
                + 2 * (2 * 17 * 12 * 16 * 16 + 4 * 17 * 17 * 16) + 2 * 17 * (16 * 24 + 24 * 24);
        assertThat(G2SD.operations(VIT)).isEqualTo(OptionalLong.of(frozen + 2 * 2 * 4 * 48 * 24 + 3 * own));
    }

    /** The generators of two pairs on 10 tokens, of which five are predicted, beside pixels. */
    @Test
    void countsWhatAGeneratorComputes() {
        final long teacher = 2 * 9 * 48 * 32 + 3 * (2 * 10 * 12 * 32 * 32 + 4 * 10 * 10 * 32);
        final long generator = 2 * 10 * 12 * 32 * 32 + 4 * 10 * 10 * 32 + 2 * 10 * 2 * 32 * 32 + 4 * 5 * 10 * 32
                + 2 * 5 * 10 * 32 * 32;
        final long decoder = 2 * 5 * 24 * 16 + 2 * 17 * 2 * 16 * 16 + 4 * 12 * 17 * 16 + 2 * 12 * 10 * 16 * 16 + 2 * 12 * 16 * 48;
        final long student = 3 * (2 * 5 * 12 * 24 * 24 + 4 * 5 * 5 * 24) + 2 * 2 * 5 * 24 * 32 + decoder;
        assertThat(AMD.operations(VIT))
                .isEqualTo(OptionalLong.of(teacher + 2 * 2 * 4 * 48 * 24 + 3 * (student + 2 * generator)));
    }

    /** 18 tokens of the model that learns, and 17 of its teacher. */
    @Test
    void countsWhatADistillationTokenComputes() {
        final long teacher = 2 * 16 * 48 * 32 + 4 * (2 * 17 * 12 * 32 * 32 + 4 * 17 * 17 * 32) + 2 * 32 * 2;
        final long student = 3 * (2 * 18 * 12 * 24 * 24 + 4 * 18 * 18 * 24) + 2 * 2 * 24 * 2;
        assertThat(TOKEN.operations(VIT)).isEqualTo(OptionalLong.of(teacher + 2 * 2 * 16 * 48 * 24 + 3 * student));
    }

    @Test
    void aDistillationTokenStandsBesideAClassTokenAndHasATeacher() {
        assertThatThrownBy(() -> new Finetune(2, Pooling.CLASS, 0, 0, Augmentation.NONE, Optional.empty(), true).check(VIT))
                .hasMessage("distillation-token = true learns from a classifier: set teacher");
        assertThatThrownBy(() -> new Finetune(2, Pooling.MEAN, 0, 0, Augmentation.NONE,
                Optional.of(new Finetune.LogitTeacher(TEACHER, Pooling.MEAN, 1, 0.5)), true).check(VIT))
                .hasMessageContaining("set pooling = token");
    }

    @Test
    void refusesWhatCannotBeCompared() {
        assertThatThrownBy(() -> new Distill(Optional.empty(), 4, 4, TEACHER, List.of(new AlignedPair(2, 3)), Projection.FC,
                new Comparison(Distance.L2, false), 0, 1, Optional.of(new Generator(2, 1))).check(VIT))
                .hasMessageContaining("generator-blocks = 2")
                .hasMessageContaining("teacher-visible-patches must be above the student's 4");
        assertThatThrownBy(
                () -> new Relate(Optional.empty(), 4, TEACHER, List.of(new AlignedPair(2, 3)), List.of(Relation.QK), true,
                        RelationDistance.KL, 0, 1).check(VIT))
                .hasMessageContaining("relation-distance = kl")
                .hasMessageContaining("head-adapter = false");
        assertThatThrownBy(
                () -> new Relate(Optional.empty(), 4, new VitShape(16, 4, 3, 35 * 4, 4, 5), List.of(new AlignedPair(2, 3)),
                        List.of(Relation.QK), false, RelationDistance.KL, 0, 1).check(VIT))
                .hasMessageContaining("the teacher's 5 heads").hasMessageContaining("head-adapter = true");
        assertThatThrownBy(
                () -> new Relate(Optional.empty(), 4, TEACHER, List.of(new AlignedPair(3, 3)), List.of(Relation.QK), true,
                        RelationDistance.SCORES_L2, 0, 1).check(VIT))
                .hasMessageContaining("student-blocks [3] must lie in 0 to 2");
    }

    private static Learner learner(Objective method, Precision precision) {
        final LearnerSpec spec = new LearnerSpec(VIT, method, OptimizerSettings.pretraining(new LrSchedule(4e-3, 0, 5, 100)),
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
