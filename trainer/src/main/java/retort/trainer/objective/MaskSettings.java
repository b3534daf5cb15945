package retort.trainer.objective;

import java.util.Set;
import retort.settings.Section;
import retort.trainer.learn.Masking;
import retort.trainer.learn.StepCall;
import retort.trainer.model.VitShape;
import retort.trainer.weights.HostTensor;

/**
 * The share of an image that a model sees.
 *
 * @param ratio share of the patches that is masked, 0 to 1
 * @param visible number of patches that stay visible; it is used instead of {@code ratio} unless it is 0
 */
public record MaskSettings(double ratio, int visible) {
    /** Keys that {@link #of} reads. */
    public static final Set<String> KEYS = Set.of("mask-ratio", "visible-patches");

    public static MaskSettings of(Section run) {
        return new MaskSettings(run.real("mask-ratio", 0, 1), run.integer("visible-patches", 0, 1 << 20));
    }

    /** Number of visible patches of an image that has {@code patches}. */
    public int visibleOf(int patches) {
        return visible > 0 ? visible : Masking.visible(patches, ratio);
    }

    /** Share of {@code patches} that is masked. */
    public double ratioOf(int patches) {
        return visible > 0 ? 1 - (double) visible / patches : ratio;
    }

    /** @throws IllegalArgumentException if no patch of an image of {@code vit} is masked, or {@code visible} is negative */
    public static void requireMasked(VitShape vit, int visible) {
        if (visible < 0 || visible >= vit.patches())
            throw new IllegalArgumentException("mask-ratio or visible-patches leaves " + visible + " of " + vit.patches()
                    + " patches visible: 0 to " + (vit.patches() - 1) + " may be, so that one is masked");
    }

    /** @throws IllegalArgumentException if an image of {@code vit} does not have {@code visible} patches */
    static void requireVisible(VitShape vit, int visible) {
        Agreement.require(visible >= 0 && visible <= vit.patches(),
                "visible-patches must be 0 to " + vit.patches() + ", not " + visible);
    }

    /** The call of a step on masked images. Student and teacher share the masking orders, (N, L). */
    public static StepCall step(VitShape vit, long seed, long step, long[] sampleIds) {
        final long[] orders = Masking.orders(seed, step, sampleIds, vit.patches());
        return step(orders, sampleIds.length);
    }

    /** The call of a step whose visible patches a teacher's attention draws, by the numbers of {@link Masking#races}. */
    static StepCall attentiveStep(VitShape vit, long seed, long step, long[] sampleIds) {
        return new StepCall("step", java.util.List.of(
                HostTensor.ofFloats(Masking.races(seed, step, sampleIds, vit.patches()), sampleIds.length, vit.patches())));
    }

    /** The call of a step with given masking orders, (N, L), row-major. */
    public static StepCall step(long[] orders, int images) {
        return new StepCall("step", java.util.List.of(HostTensor.ofLongs(orders, images, orders.length / images)));
    }
}
