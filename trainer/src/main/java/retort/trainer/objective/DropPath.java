package retort.trainer.objective;

import retort.random.CounterRandom;

/** Stochastic depth: in training, an image skips branches of blocks at random. The rate is higher for later blocks. Any thread. */
public final class DropPath {
    private DropPath() {
    }

    /**
     * The rate of one block. It rises in even steps from 0 at the first block to {@code rate} at the last block. It is computed from the
     * float32 of {@code rate}, as in timm.
     */
    public static double rate(double rate, int block, int depth) {
        return depth == 1 ? 0 : (double) (float) rate * block / (depth - 1);
    }

    /**
     * Draws the factors of the branches of one image, attention and MLP of each block, (2 * depth). A factor is 0 if the image skips the
     * branch, otherwise 1 / (1 - rate), so that the expected output stays the same. They are written to {@code into} from index
     * {@code at} on.
     */
    static void draw(double rate, int depth, long seed, long step, long sampleId, float[] into, int at) {
        final CounterRandom random = CounterRandom.of(seed, "drop path", step, sampleId);
        for (int i = 0; i < 2 * depth; i++) {
            final double kept = 1 - rate(rate, i / 2, depth);
            into[at + i] = random.nextFloat() < kept ? (float) (1 / kept) : 0;
        }
    }
}
