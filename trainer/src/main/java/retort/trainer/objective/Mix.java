package retort.trainer.objective;

import java.util.List;
import retort.random.CounterRandom;

/**
 * The mixing of a batch: image i of n is mixed with its partner, image n - 1 - i, and all images in the same way (timm's batch mode).
 *
 * @param share share of the image itself, lambda; its partner has the rest
 * @param box top, bottom, left and right (ends exclusive) of the box that shows the partner; empty to blend the whole images
 */
public record Mix(double share, List<Integer> box) {
    private static final Mix NONE = new Mix(1, List.of());

    public Mix {
        box = List.copyOf(box);
    }

    /** Draws the mixing of one step for images of {@code side} pixels, as a function of the arguments alone. */
    static Mix draw(Augmentation augmentation, int side, long seed, long step) {
        final CounterRandom random = CounterRandom.of(seed, "mix", step, 0);
        final boolean mixup = augmentation.mixup() > 0;
        final boolean cutmix = augmentation.cutmix() > 0;
        if (!(mixup || cutmix) || random.nextDouble() >= augmentation.mixProbability())
            return NONE;
        if (!cutmix || mixup && random.nextDouble() >= augmentation.cutmixShare())
            return new Mix(beta(augmentation.mixup(), random), List.of());
        final double share = beta(augmentation.cutmix(), random);
        return cut(side, share, random.nextInt(side), random.nextInt(side));
    }

    /**
     * A box around the centre (y, x) with the area 1 - {@code share} of a square image. It is cut off at the edges of the image; the
     * area that is left decides the share of the result.
     */
    static Mix cut(int side, double share, int y, int x) {
        final int half = (int) (side * Math.sqrt(1 - share)) / 2;
        final int top = Math.clamp(y - half, 0, side);
        final int bottom = Math.clamp(y + half, 0, side);
        final int left = Math.clamp(x - half, 0, side);
        final int right = Math.clamp(x + half, 0, side);
        return boxed(side, List.of(top, bottom, left, right));
    }

    /** The mixing with a given box. The area of the box decides the share. */
    public static Mix boxed(int side, List<Integer> box) {
        final double area = (double) (box.get(1) - box.get(0)) * (box.get(3) - box.get(2));
        return new Mix(1 - area / ((double) side * side), box);
    }

    /** Beta(alpha, alpha), by Joehnk's method. */
    private static double beta(double alpha, CounterRandom random) {
        while (true) {
            final double x = StrictMath.pow(random.nextDouble(), 1 / alpha);
            final double y = StrictMath.pow(random.nextDouble(), 1 / alpha);
            if (x + y > 0 && x + y <= 1)
                return x / (x + y);
        }
    }
}
