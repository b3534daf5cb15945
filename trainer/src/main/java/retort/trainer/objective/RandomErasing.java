package retort.trainer.objective;

import java.util.ArrayList;
import java.util.List;
import retort.random.CounterRandom;
import retort.trainer.model.VitShape;
import retort.trainer.weights.HostTensor;

/** Boxes of noise over images, as in timm's mode pixel: 2% to a third of the area, with side ratios of 0.3 to 3.3. Any thread. */
final class RandomErasing {
    private static final int TRIES = 10;
    private static final double LOG_ASPECT = StrictMath.log(1 / 0.3);

    private RandomErasing() {
    }

    /** Draws 7 numbers for each erased image: image, top, left, height, width, and top and left in the noise. */
    static List<Integer> boxes(double probability, int side, long seed, long step, long[] sampleIds) {
        final List<Integer> boxes = new ArrayList<>();
        for (int n = 0; n < sampleIds.length; n++) {
            final CounterRandom random = CounterRandom.of(seed, "erase", step, sampleIds[n]);
            if (random.nextDouble() < probability)
                boxes.addAll(box(n, side, random));
        }
        return boxes;
    }

    private static List<Integer> box(int image, int side, CounterRandom random) {
        for (int attempt = 0; attempt < TRIES; attempt++) {
            final double area = random.uniform(0.02, 1.0 / 3) * side * side;
            final double aspect = StrictMath.exp(random.uniform(-LOG_ASPECT, LOG_ASPECT));
            final int height = (int) Math.round(Math.sqrt(area * aspect));
            final int width = (int) Math.round(Math.sqrt(area / aspect));
            if (height < side && width < side)
                return List.of(image, random.nextInt(side - height + 1), random.nextInt(side - width + 1), height, width,
                        random.nextInt(side - height + 1), random.nextInt(side - width + 1));
        }
        return List.of();
    }

    /**
     * One picture of standard normal noise, (H, W, C). Every box shows a part of this picture, because new noise for each box would cost
     * more than a step.
     */
    static HostTensor noise(VitShape vit, long seed) {
        final CounterRandom random = CounterRandom.of(seed, "noise", 0, 0);
        final float[] values = new float[vit.image() * vit.image() * vit.channels()];
        for (int i = 0; i < values.length; i++)
            values[i] = (float) random.nextGaussian();
        return HostTensor.ofFloats(values, vit.image(), vit.image(), vit.channels());
    }
}
