package retort.ingest.recipe;

import retort.ingest.decode.Region;
import retort.random.CounterRandom;

/**
 * The evaluation recipe: the short edge resized to {@code shortEdge}, the centre taken. Nothing is drawn.
 *
 * @param size side of the result, at most {@code shortEdge}
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

    /** Half to even, as Python rounds. */
    private int offset(int length) {
        return (int) Math.rint((length - size) / 2.0);
    }
}
