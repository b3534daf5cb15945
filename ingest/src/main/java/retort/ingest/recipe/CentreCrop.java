package retort.ingest.recipe;

import retort.ingest.decode.Region;
import retort.random.CounterRandom;

/**
 * The evaluation recipe. It resizes the short edge to {@code shortEdge} and takes the centre. It makes no random draw.
 *
 * @param size side of the result in pixels, at most {@code shortEdge}
 * @param shortEdge length of the short edge after resizing, in pixels
 */
record CentreCrop(int size, int shortEdge) implements Geometry {
    @Override
    public Cut cut(int width, int height, CounterRandom random) {
        final int w = width <= height ? shortEdge : longEdge(width, height);
        final int h = width <= height ? longEdge(height, width) : shortEdge;
        final Region window = new Region(offset(w), offset(h), size, size);
        return new Cut(new Region(0, 0, width, height), w, h, window, false);
    }

    private int longEdge(int length, int other) {
        return Math.toIntExact((long) shortEdge * length / other);
    }

    /** Rounds half to even, as Python does. */
    private int offset(int length) {
        return (int) Math.rint((length - size) / 2.0);
    }
}
