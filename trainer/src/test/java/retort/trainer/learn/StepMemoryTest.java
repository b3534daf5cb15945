package retort.trainer.learn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import retort.trainer.model.DecoderShape;
import retort.trainer.model.VitShape;
import retort.trainer.objective.Pretrain;
import retort.trainer.objective.Reconstruction;

class StepMemoryTest {
    private static final VitShape BASE = VitShape.preset("vit_base_patch16", 224, 3);

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

    private static LearnerSpec spec(int visible, DecoderShape decoder) {
        return new LearnerSpec(BASE, new Pretrain(new Reconstruction(decoder, true), visible),
                OptimizerSettings.pretraining(new LrSchedule(1e-4, 0, 0, 10)), Precision.FLOAT32,
                new PixelStatistics(List.of(0.5, 0.5, 0.5), List.of(0.2, 0.2, 0.2)), 1);
    }
}
