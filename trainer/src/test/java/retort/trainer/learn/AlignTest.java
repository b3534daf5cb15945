package retort.trainer.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import retort.trainer.model.Initialization;
import retort.trainer.model.Parameter;
import retort.trainer.objective.Align;
import retort.trainer.objective.Comparison;
import retort.trainer.objective.Distance;
import retort.trainer.objective.DropPath;
import retort.trainer.objective.Mixing;
import retort.trainer.objective.SecondTeacher;

/** The operations, parameters and draws of MaskAlign. {@link MethodTest} holds its values. */
final class AlignTest {
    static final Objective MASK_ALIGN = new Align(4, Align.Masking.ATTENTION, Methods.TEACHER, List.of(2, 3),
            Mixing.LAST,
            new Comparison(Distance.SMOOTH_L1, 1, Comparison.Channels.MEAN, false, true, 1e-5), 2);
    static final Align INNER = new Align(4, Align.Masking.ATTENTION, Methods.TEACHER, List.of(1), Mixing.MEAN,
            new Comparison(Distance.L1, true), 1, Optional.empty(), new DropPath(0.3, false));
    static final Align MOMA = new Align(4, Align.Masking.RANDOM, Methods.TEACHER, List.of(3), Mixing.NONE,
            new Comparison(Distance.SMOOTH_L1, 1, Comparison.Channels.MEAN, false, true), 1,
            Optional.of(new SecondTeacher(Methods.VIT, List.of(1), 0.5)), DropPath.NONE);

    /** The class token's attention is all that is needed of a block whose output is not compared, and only where attention draws. */
    @Test
    void theTeacherRunsAsFarAsItsAttentionOrItsLastBlockThatIsCompared() {
        final Align random = new Align(4, Align.Masking.RANDOM, Methods.TEACHER, List.of(1), Mixing.MEAN,
                new Comparison(Distance.L1, true), 1);
        assertThat(names(INNER.teacherParameters())).contains("blocks.2.mlp.fc2.weight", "blocks.3.attn.qkv.weight")
                .noneMatch(name -> name.startsWith("blocks.3.attn.proj") || name.startsWith("blocks.3.mlp"));
        assertThat(names(random.teacherParameters())).contains("blocks.1.mlp.fc2.weight")
                .noneMatch(name -> name.startsWith("blocks.2"));
        assertThat(names(MASK_ALIGN.teacherParameters())).contains("blocks.3.mlp.fc2.weight");
        assertThat(names(MASK_ALIGN.trained(Methods.VIT))).contains("aligned_feature_mix", "blocks.2.mlp.fc2.weight")
                .noneMatch(name -> name.startsWith("norm."));
    }

    /** A count by hand: the teacher sees 17 tokens, and its last block ends with 5 of them. */
    @Test
    void countsWhatAlignmentComputes() {
        final long three = 2 * 16 * 48 * 32 + 3 * (2 * 17 * 12 * 32 * 32 + 4 * 17 * 17 * 32);
        final long last = 2 * 17 * 2 * 32 * 32 + 4 * 5 * 17 * 32 + 2 * 5 * 10 * 32 * 32;
        final long student = 2 * 2 * 4 * 48 * 24 + 3 * 3 * (2 * 5 * 12 * 24 * 24 + 4 * 5 * 5 * 24);
        final long mixed = 3 * (2 * 2 * 3 * 5 * 24 + 2 * 2 * 5 * 24 * 32);
        assertThat(MASK_ALIGN.operations(Methods.VIT)).isEqualTo(OptionalLong.of(three + last + student + mixed));
        final long attention = 2 * 17 * 32 * 32 + 2 * 32 * 32 + 2 * 17 * 32;
        assertThat(INNER.operations(Methods.VIT)).isEqualTo(OptionalLong.of(three + attention + student + mixed / 2));
    }

    /** Both teachers run as far as their blocks, and the student's last block alone has heads, one for each. */
    @Test
    void twoTeachersHaveHeadsOfTheirOwn() {
        final long first = 2 * 16 * 48 * 32 + 3 * (2 * 17 * 12 * 32 * 32 + 4 * 17 * 17 * 32) + 2 * 17 * 2 * 32 * 32
                + 4 * 5 * 17 * 32
                + 2 * 5 * 10 * 32 * 32;
        final long second = 2 * 16 * 48 * 24 + 2 * 17 * 12 * 24 * 24 + 4 * 17 * 17 * 24 + 2 * 17 * 2 * 24 * 24 + 4 * 5 * 17 * 24
                + 2 * 5 * 10 * 24 * 24;
        final long student = 2 * 2 * 4 * 48 * 24 + 3 * 3 * (2 * 5 * 12 * 24 * 24 + 4 * 5 * 5 * 24);
        assertThat(MOMA.operations(Methods.VIT))
                .isEqualTo(OptionalLong.of(first + second + student + 3 * 2 * 5 * 24 * (32 + 24)));
        assertThat(names(MOMA.teacherParameters())).contains("blocks.3.mlp.fc2.weight", "second.blocks.1.mlp.fc2.weight")
                .noneMatch(name -> name.startsWith("second.blocks.2"));
        assertThat(MOMA.teacherLeftOver()).contains("norm.*", "second.norm.*", "second.blocks.2.*");
        assertThat(names(MOMA.parameters(Methods.VIT))).contains("aligned_feature_projection_heads.1.weight")
                .doesNotContain("aligned_feature_mix");
    }

    /** With equal attention the patches are those of a random mask, and the draws of a step are its own. */
    @Test
    void drawsForAttentionAreThoseOfAMaskWhereAllPatchesAreEqual() {
        final long[] ids = {7, 8};
        final float[] races = Masking.races(3, 5, ids, 16);
        final long[] orders = Masking.orders(3, 5, ids, 16);
        for (int n = 0; n < 2; n++)
            assertThat(Masking.order(Arrays.copyOfRange(races, 16 * n, 16 * n + 16)))
                    .isEqualTo(Arrays.copyOfRange(orders, 16 * n, 16 * n + 16));
        assertThat(Masking.races(3, 6, ids, 16)).isNotEqualTo(races);
        assertThat(Masking.races(3, 5, new long[]{8}, 16)).isEqualTo(Arrays.copyOfRange(races, 16, 32));
    }

    /** MaskAlign's start is the identity plus 0.01; with fewer rows it is its last ones. */
    @Test
    void theMixStartsWithTheLastBlocks() {
        assertThat(mix(MASK_ALIGN)).containsExactly(0.01f, 1.01f, 0.01f, 0.01f, 0.01f, 1.01f);
        assertThat(mix(INNER)).containsExactly(1 / 3f, 1 / 3f, 1 / 3f);
        assertThat(ParameterGroup
                .of(MASK_ALIGN.trained(Methods.VIT), OptimizerSettings.pretraining(new LrSchedule(1, 0, 0, 1)), 3).stream()
                .filter(group -> group.weightDecay() == 0).flatMap(group -> group.parameters().stream()).map(Parameter::name))
                .contains("aligned_feature_mix");
    }

    @Test
    void refusesBlocksThatDoNotAscend() {
        assertThatThrownBy(() -> new Align(4, Align.Masking.RANDOM, Methods.TEACHER, List.of(3, 1), Mixing.MEAN,
                new Comparison(Distance.L1, true), 1).check(Methods.VIT)).hasMessageContaining("teacher-blocks must ascend");
    }

    private static float[] mix(Objective objective) {
        return Initialization.draw(objective.parameters(Methods.VIT), 1).get("aligned_feature_mix").floats();
    }

    private static List<String> names(List<Parameter> parameters) {
        return parameters.stream().map(Parameter::name).toList();
    }
}
