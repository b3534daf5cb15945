package retort.trainer.learn;

import java.util.Arrays;
import retort.random.CounterRandom;

/** Draws masks. Each patch gets a random number. The patches with the smallest numbers stay visible, in the order of the numbers. */
public final class Masking {
    private Masking() {
    }

    /** Number of visible patches among {@code patches}. It is truncated in double arithmetic, so that a ratio of 0.9 leaves 9 of 100. */
    public static int visible(int patches, double maskRatio) {
        return (int) (patches * (1 - maskRatio));
    }

    /** The masking order of one image: the indices of all its patches, visible ones first. {@code noise} has a number for each patch. */
    public static long[] order(float[] noise) {
        final long[] keys = new long[noise.length];
        for (int i = 0; i < keys.length; i++)
            keys[i] = (long) Float.floatToIntBits(noise[i]) << 32 | i; // floats from 0 up sort as their bits; equal ones sort by patch
        Arrays.sort(keys);
        for (int i = 0; i < keys.length; i++)
            keys[i] &= 0xFFFFFFFFL;
        return keys;
    }

    /**
     * Numbers by which a batch's patches are drawn with unequal chances: exponentially distributed, from the noise of {@link #orders}. The
     * patches with the smallest quotients of number and weight stay visible, so equal weights leave those that {@link #orders} leaves.
     *
     * @return (N, L), row-major; a function of (seed, step, sample) alone
     */
    public static float[] races(long seed, long step, long[] sampleIds, int patches) {
        final float[] races = new float[sampleIds.length * patches];
        for (int n = 0; n < sampleIds.length; n++) {
            final CounterRandom random = CounterRandom.of(seed, "mask", step, sampleIds[n]);
            for (int i = 0; i < patches; i++)
                races[n * patches + i] = race(random.nextFloat());
        }
        return races;
    }

    /** The exponentially distributed number of a uniform one. */
    static float race(float uniform) {
        return (float) -StrictMath.log1p(-uniform); // the same bits on every machine
    }

    /** Masking orders of a batch, a function of (seed, step, sample) alone; (N, L), row-major. */
    public static long[] orders(long seed, long step, long[] sampleIds, int patches) {
        final long[] orders = new long[sampleIds.length * patches];
        final float[] noise = new float[patches];
        for (int n = 0; n < sampleIds.length; n++) {
            final CounterRandom random = CounterRandom.of(seed, "mask", step, sampleIds[n]);
            for (int i = 0; i < patches; i++)
                noise[i] = random.nextFloat();
            System.arraycopy(order(noise), 0, orders, n * patches, patches);
        }
        return orders;
    }
}
