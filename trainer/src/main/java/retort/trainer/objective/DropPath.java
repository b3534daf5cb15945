package retort.trainer.objective;

import retort.random.CounterRandom;

/** Stochastic depth: in training, an image skips a block's branch now and then, the later the block the more often. */
public final class DropPath {
    private DropPath() {
    }

    /** The rate of one block: from 0 at the first to {@code rate} at the last, in even steps; a float32 as timm has it. */
    public static double rate(double rate, int block, int depth) {
        return depth == 1 ? 0 : (double) (float) rate * block / (depth - 1);
    }

    /**
     * Draws the factors of the branches of one image, attention and MLP of each block, (2 * depth): 0 where the image skips a branch,
     * otherwise 1 / (1 - rate), so that the expected output stays the same.
     */
    static void draw(double rate, int depth, long seed, long step, long sampleId, float[] into, int at) {
        final CounterRandom random = CounterRandom.of(seed, "drop path", step, sampleId);
        for (int i = 0; i < 2 * depth; i++) {
            final double kept = 1 - rate(rate, i / 2, depth);
            into[at + i] = random.nextFloat() < kept ? (float) (1 / kept) : 0;
        }
    }
}
