package retort.trainer.objective;

import retort.trainer.learn.Objective;
import retort.trainer.learn.StepCall;
import retort.trainer.model.VitShape;

/** An objective on masked images. Its draws are the masking orders, which student and teacher share, and the branches that images skip. */
interface MaskedObjective extends Objective {
    /** Number of patches that the student sees. */
    int visible();

    /** How images skip branches of the student's encoder. */
    default DropPath dropPath() {
        return DropPath.NONE;
    }

    @Override
    default StepCall draw(VitShape vit, long seed, long step, long[] sampleIds, int[] labels) {
        return dropPath().in(masked(vit, seed, step, sampleIds), vit, seed, step, sampleIds);
    }

    /** The call of a step in which no image skips a branch. */
    default StepCall masked(VitShape vit, long seed, long step, long[] sampleIds) {
        return MaskSettings.step(vit, seed, step, sampleIds);
    }
}
