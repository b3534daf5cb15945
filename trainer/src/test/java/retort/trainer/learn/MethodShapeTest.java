package retort.trainer.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import retort.trainer.model.Pooling;
import retort.trainer.model.Projection;
import retort.trainer.model.VitShape;
import retort.trainer.objective.AlignedPair;
import retort.trainer.objective.Augmentation;
import retort.trainer.objective.Comparison;
import retort.trainer.objective.Distance;
import retort.trainer.objective.Distill;
import retort.trainer.objective.DropPath;
import retort.trainer.objective.Finetune;
import retort.trainer.objective.Generator;
import retort.trainer.objective.Relate;
import retort.trainer.objective.Relation;
import retort.trainer.objective.RelationDistance;
import retort.trainer.objective.Relations;

/** Checks what the methods of compose/docs/methods.md load, train and compute, and the shapes that they refuse. */
final class MethodShapeTest {
    /** TinyMIM's last block gives queries, keys and values. What follows them has no part in the loss, on both sides. */
    @Test
    void whatFollowsTheLastRelationsIsNeitherLoadedNorTrained() {
        assertThat(Methods.TINY_MIM.teacherParameters()).extracting(parameter -> parameter.name())
                .contains("blocks.2.attn.qkv.weight",
                        "blocks.1.mlp.fc2.weight")
                .noneMatch(name -> name.startsWith("blocks.2.mlp") || name.startsWith("blocks.3"));
        assertThat(Methods.TINY_MIM.trained(Methods.VIT)).extracting(parameter -> parameter.name())
                .contains("blocks.2.attn.qkv.weight")
                .noneMatch(name -> name.startsWith("blocks.2.attn.proj") || name.startsWith("blocks.2.norm2")
                        || name.startsWith("blocks.2.mlp") || name.startsWith("norm."));
        assertThat(Methods.TINY_MIM.parameters(Methods.VIT)).extracting(parameter -> parameter.name()).contains(
                "blocks.2.mlp.fc2.weight",
                "norm.weight");
    }

    @Test
    void whatFollowsTheBlockOfTheDecoderIsNeitherLoadedNorTrained() {
        assertThat(Methods.G2SD.teacherParameters()).extracting(parameter -> parameter.name())
                .contains("norm.weight", "mask_token",
                        "decoder_blocks.0.mlp.fc2.weight")
                .noneMatch(
                        name -> name.startsWith("decoder_blocks.1")
                                || name.startsWith("decoder_norm") || name.startsWith("decoder_pred"));
        assertThat(Methods.G2SD.parameters(Methods.VIT)).extracting(parameter -> parameter.name())
                .contains("decoder_blocks.1.mlp.fc2.weight")
                .noneMatch(name -> name.startsWith("decoder_norm") || name.startsWith("decoder_pred"));
    }

    /** A count by hand for the objectives above: 17 tokens without a mask, 5 with one. */
    @Test
    void countsWhatItComputes() {
        final long teacher = 2 * 16 * 48 * 32 + 2 * (2 * 17 * 12 * 32 * 32 + 4 * 17 * 17 * 32) + 2 * 17 * 3 * 32 * 32
                + 2 * 2 * 17 * 17 * 32;
        final long student = 2 * 2 * 16 * 48 * 24
                + 3 * (2 * (2 * 17 * 12 * 24 * 24 + 4 * 17 * 17 * 24) + 2 * 17 * 3 * 24 * 24 + 2 * 2 * 17 * 17 * 24);
        assertThat(Methods.TINY_MIM.operations(Methods.VIT)).isEqualTo(OptionalLong.of(teacher + student));
        final long lite = 2 * 4 * 48 * 32 + 3 * (2 * 5 * 12 * 32 * 32 + 4 * 5 * 5 * 32) + 2 * 5 * 2 * 32 * 32 + 2 * 5 * 5 * 32;
        final long decoder = 2 * 5 * 24 * 16 + 2 * 17 * 2 * 16 * 16 + 4 * 12 * 17 * 16 + 2 * 12 * 10 * 16 * 16 + 2 * 12 * 16 * 48;
        assertThat(Methods.MAE_LITE.operations(Methods.VIT)).isEqualTo(OptionalLong.of(lite + 2 * 2 * 4 * 48 * 24
                + 3 * (3 * (2 * 5 * 12 * 24 * 24 + 4 * 5 * 5 * 24) + 2 * 5 * 5 * 3 * 4 + decoder)));
        final long frozen = 2 * 4 * 48 * 32 + 4 * (2 * 5 * 12 * 32 * 32 + 4 * 5 * 5 * 32) + 2 * 5 * 32 * 24
                + 2 * 17 * 12 * 24 * 24 + 4 * 17 * 17 * 24;
        final long own = 3 * (2 * 5 * 12 * 24 * 24 + 4 * 5 * 5 * 24) + 2 * 5 * 24 * 16
                + 2 * (2 * 17 * 12 * 16 * 16 + 4 * 17 * 17 * 16) + 2 * 17 * (16 * 24 + 24 * 24);
        assertThat(Methods.G2SD.operations(Methods.VIT)).isEqualTo(OptionalLong.of(frozen + 2 * 2 * 4 * 48 * 24 + 3 * own));
    }

    /** The generators of two pairs on 10 tokens, of which five are predicted, beside pixels. */
    @Test
    void countsWhatAGeneratorComputes() {
        final long teacher = 2 * 9 * 48 * 32 + 3 * (2 * 10 * 12 * 32 * 32 + 4 * 10 * 10 * 32);
        final long generator = 2 * 10 * 12 * 32 * 32 + 4 * 10 * 10 * 32 + 2 * 10 * 2 * 32 * 32 + 4 * 5 * 10 * 32
                + 2 * 5 * 10 * 32 * 32;
        final long decoder = 2 * 5 * 24 * 16 + 2 * 17 * 2 * 16 * 16 + 4 * 12 * 17 * 16 + 2 * 12 * 10 * 16 * 16 + 2 * 12 * 16 * 48;
        final long student = 3 * (2 * 5 * 12 * 24 * 24 + 4 * 5 * 5 * 24) + 2 * 2 * 5 * 24 * 32 + decoder;
        assertThat(Methods.AMD.operations(Methods.VIT))
                .isEqualTo(OptionalLong.of(teacher + 2 * 2 * 4 * 48 * 24 + 3 * (student + 2 * generator)));
    }

    /** 18 tokens of the model that learns, and 17 of its teacher. */
    @Test
    void countsWhatADistillationTokenComputes() {
        final long teacher = 2 * 16 * 48 * 32 + 4 * (2 * 17 * 12 * 32 * 32 + 4 * 17 * 17 * 32) + 2 * 32 * 2;
        final long student = 3 * (2 * 18 * 12 * 24 * 24 + 4 * 18 * 18 * 24) + 2 * 2 * 24 * 2;
        assertThat(Methods.TOKEN.operations(Methods.VIT))
                .isEqualTo(OptionalLong.of(teacher + 2 * 2 * 16 * 48 * 24 + 3 * student));
    }

    @Test
    void aDistillationTokenStandsBesideAClassTokenAndHasATeacher() {
        assertThatThrownBy(
                () -> new Finetune(2, Pooling.CLASS, 0, 0, Augmentation.NONE, Optional.empty(), true).check(Methods.VIT))
                .hasMessage("distillation-token = true learns from a classifier: set teacher");
        assertThatThrownBy(() -> new Finetune(2, Pooling.MEAN, 0, 0, Augmentation.NONE,
                Optional.of(new Finetune.LogitTeacher(Methods.TEACHER, Pooling.MEAN, 1, 0.5)), true).check(Methods.VIT))
                .hasMessageContaining("set pooling = token");
    }

    @Test
    void refusesWhatCannotBeCompared() {
        assertThatThrownBy(
                () -> new Distill(Optional.empty(), 4, 4, Methods.TEACHER, List.of(new AlignedPair(2, 3)), Projection.FC,
                        new Comparison(Distance.L2, false), 0, 1, Optional.of(new Generator(2, 1))).check(Methods.VIT))
                .hasMessageContaining("generator-blocks = 2")
                .hasMessageContaining("teacher-visible-patches must be above the student's 4");
        assertThatThrownBy(
                () -> new Relate(Optional.empty(), 4, Methods.TEACHER, List.of(new AlignedPair(2, 3)), relations(true), 0, 1,
                        DropPath.NONE).check(Methods.VIT))
                .hasMessageContaining("relation-distance = kl")
                .hasMessageContaining("head-adapter = false");
        assertThatThrownBy(
                () -> new Relate(Optional.empty(), 4, new VitShape(16, 4, 3, 35 * 4, 4, 5), List.of(new AlignedPair(2, 3)),
                        relations(false), 0, 1, DropPath.NONE).check(Methods.VIT))
                .hasMessageContaining("the teacher's 5 heads").hasMessageContaining("head-adapter = true");
        assertThatThrownBy(
                () -> new Relate(Optional.empty(), 4, Methods.TEACHER, List.of(new AlignedPair(3, 3)), relations(false), 0, 1,
                        DropPath.NONE).check(Methods.VIT))
                .hasMessageContaining("student-blocks [3] must lie in 0 to 2");
    }

    private static Relations relations(boolean adapter) {
        return new Relations(List.of(Relation.QK), adapter, RelationDistance.KL);
    }
}
