package retort.trainer.learn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import retort.trainer.model.DecoderShape;
import retort.trainer.model.Projection;
import retort.trainer.model.VitShape;
import retort.trainer.objective.Align;
import retort.trainer.objective.AlignedPair;
import retort.trainer.objective.Comparison;
import retort.trainer.objective.Distance;
import retort.trainer.objective.Distill;
import retort.trainer.objective.DropPath;
import retort.trainer.objective.Generator;
import retort.trainer.objective.Mixing;
import retort.trainer.objective.Pretrain;
import retort.trainer.objective.Reconstruction;
import retort.trainer.objective.SecondTeacher;

class StepMemoryTest {
    private static final VitShape BASE = VitShape.preset("vit_base_patch16", 224, 3);
    private static final VitShape LARGE = VitShape.preset("vit_large_patch16", 224, 3);

    @Test
    void growsWithWhatTheGradientNeeds() {
        final StepMemory few = StepMemory.of(spec(49, new DecoderShape(512, 1, 16)));
        final StepMemory all = StepMemory.of(spec(195, new DecoderShape(512, 1, 16)));
        final StepMemory deep = StepMemory.of(spec(49, new DecoderShape(512, 8, 16)));

        assertThat(all.modelBytes()).isEqualTo(few.modelBytes());
        assertThat(all.imageBytes()).isGreaterThan(3 * few.imageBytes());
        assertThat(deep.imageBytes()).isGreaterThan(2 * few.imageBytes());
    }

    /** ViT-B/16 and MAE's decoder of 8 blocks have 111.9 million parameters: 7 values of 4 bytes each. */
    @Test
    void holdsWeightGradientMomentsAndTheCopyForACheckpoint() {
        assertThat(StepMemory.of(spec(49, new DecoderShape(512, 8, 16))).modelBytes()).isBetween(3_100_000_000L, 3_150_000_000L);
    }

    /** The 12 blocks stay until they are mixed for five comparisons, 58 patches and the class token each. */
    @Test
    void holdsWhatIsMixedAndWhatASecondTeacherGives() {
        final long token = Float.BYTES * 59L * 768;
        final long one = align(Mixing.NONE, Optional.empty());
        final long mixed = align(Mixing.LAST, Optional.empty());
        final long two = align(Mixing.LAST, Optional.of(new SecondTeacher(LARGE, List.of(21, 22, 23), 1)));

        assertThat(mixed - one).isBetween((12 + 5) * token, 3 * (12 + 5) * token);
        assertThat(two - mixed).isGreaterThan(3 * Float.BYTES * 197L * 1024);
    }

    /** AMD's: blocks of the teacher's width on its 98 patches and the class token, and features of both models for both pairs. */
    @Test
    void holdsWhatAGeneratorPredictsAndWhatItsTeacherGives() {
        final Comparison l2 = new Comparison(Distance.L2, false);
        final List<AlignedPair> pairs = List.of(new AlignedPair(5, 11), new AlignedPair(11, 23));
        final long few = imageBytes(new Distill(Optional.empty(), 49, 49, LARGE, pairs, Projection.LINEAR, l2, 0, 1));
        final long more = imageBytes(new Distill(Optional.empty(), 49, 98, LARGE, pairs, Projection.LINEAR, l2, 0, 1));
        final long generated = imageBytes(new Distill(Optional.empty(), 49, 98, LARGE, pairs, Projection.LINEAR, l2, 0, 1,
                Optional.of(new Generator(2, 1))));

        final long blocks = 2 * 2 * Float.BYTES * 99L * 1024 * 12;
        assertThat(more - few).isGreaterThan(2 * Float.BYTES * 49L * 1024);
        assertThat(generated - more).isGreaterThan(blocks);
    }

    private static long align(Mixing mix, Optional<SecondTeacher> second) {
        return imageBytes(new Align(58, Align.Masking.RANDOM, BASE, List.of(7, 8, 9, 10, 11), mix,
                new Comparison(Distance.SMOOTH_L1, false), 1, second, DropPath.NONE));
    }

    private static long imageBytes(Objective objective) {
        return StepMemory.of(spec(objective)).imageBytes();
    }

    private static LearnerSpec spec(int visible, DecoderShape decoder) {
        return spec(new Pretrain(new Reconstruction(decoder, true), visible));
    }

    private static LearnerSpec spec(Objective objective) {
        return new LearnerSpec(BASE, objective,
                OptimizerSettings.pretraining(new LrSchedule(1e-4, 0, 0, 10)), Precision.FLOAT32,
                new PixelStatistics(List.of(0.5, 0.5, 0.5), List.of(0.2, 0.2, 0.2)), 1);
    }
}
