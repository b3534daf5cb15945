package retort.trainer.objective;

import retort.trainer.learn.Objective;
import retort.trainer.learn.StepCall;
import retort.trainer.model.VitShape;

/** An objective on masked images, whose only draws are the masking orders. Student and teacher share them. */
interface MaskedObjective extends Objective {
    /** Number of patches that the student sees. */
    int visible();

    @Override
    default StepCall draw(VitShape vit, long seed, long step, long[] sampleIds, int[] labels) {
        return MaskSettings.step(vit, seed, step, sampleIds);
    }
}
