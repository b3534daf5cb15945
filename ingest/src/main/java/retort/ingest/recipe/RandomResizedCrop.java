package retort.ingest.recipe;

import retort.ingest.decode.Region;
import retort.random.CounterRandom;

/**
 * torchvision's sampler. It draws an area and an aspect up to ten times and takes the first box that fits. If no box fits, it takes the
 * largest centred box whose aspect lies within the range. One more draw decides about the flip.
 *
 * @param size side of the result in pixels
 * @param scale range of the share of the image's area
 * @param ratio range of width over height, drawn log-uniformly
 * @param flip probability of a flip left to right
 */
record RandomResizedCrop(int size, RecipeSettings.Range scale, RecipeSettings.Range ratio, double flip) implements Geometry {
    private static final int TRIES = 10;

    @Override
    public Cut cut(int width, int height, CounterRandom random) {
        final Region box = box(width, height, random);
        return new Cut(box, size, size, new Region(0, 0, size, size), random.nextDouble() < flip);
    }

    Region box(int width, int height, CounterRandom random) {
        final double area = (double) width * height;
        for (int i = 0; i < TRIES; i++) {
            final double target = area * random.uniform(scale.low(), scale.high());
            final double aspect = StrictMath
                    .exp(random.uniform(StrictMath.log(ratio.low()), StrictMath.log(ratio.high())));
            final int w = (int) Math.rint(Math.sqrt(target * aspect));
            final int h = (int) Math.rint(Math.sqrt(target / aspect));
            if (w > 0 && w <= width && h > 0 && h <= height) {
                final int top = random.nextInt(height - h + 1);
                return new Region(random.nextInt(width - w + 1), top, w, h);
            }
        }
        return fallback(width, height);
    }

    private Region fallback(int width, int height) {
        final double aspect = (double) width / height;
        final int w = aspect > ratio.high() ? atLeastOne(height * ratio.high()) : width;
        final int h = aspect < ratio.low() ? atLeastOne(width / ratio.low()) : height;
        return new Region((width - w) / 2, (height - h) / 2, w, h);
    }

    private static int atLeastOne(double length) {
        return Math.max(1, (int) Math.rint(length));
    }
}
