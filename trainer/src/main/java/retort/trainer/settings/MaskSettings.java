package retort.trainer.settings;

import retort.settings.Section;
import retort.trainer.learn.Masking;

/**
 * How much of an image is seen.
 *
 * @param ratio share of its patches that is masked
 * @param visible patches that stay visible, in place of {@code ratio}; 0 to go by it
 */
public record MaskSettings(double ratio, int visible) {
    static MaskSettings of(Section run) {
        return new MaskSettings(run.real("mask-ratio", 0, 1), run.integer("visible-patches", 0, 1 << 20));
    }

    /** How many of {@code patches} stay visible. */
    public int visibleOf(int patches) {
        return visible > 0 ? visible : Masking.visible(patches, ratio);
    }

    /** The share of {@code patches} that is masked in the end. */
    public double ratioOf(int patches) {
        return visible > 0 ? 1 - (double) visible / patches : ratio;
    }
}
