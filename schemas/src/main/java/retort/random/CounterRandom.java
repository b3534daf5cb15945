package retort.random;

import java.nio.charset.StandardCharsets;

/**
 * A short sequence of draws that is keyed by (seed, purpose, a, b). It is Philox4x32-10 (Salmon et al., SC 2011). Seed and purpose are
 * its key, and (a, b, block) is its counter. Two keys share draws only if their 64-bit hashes collide. The n-th draw of a key never
 * changes. Confined to one thread. Create one for each sample or step; it costs one object, and ten rounds for every four ints.
 */
public final class CounterRandom {
    private static final int M0 = 0xD2511F53;
    private static final int M1 = 0xCD9E8D57;
    private static final int W0 = 0x9E3779B9;
    private static final int W1 = 0xBB67AE85;

    private final int key0;
    private final int key1;
    private final int a0;
    private final int a1;
    private final int b0;
    private int block;
    private int used = 4;
    private final int[] out = new int[4];

    private CounterRandom(long key, long a, long b) {
        this.key0 = (int) key;
        this.key1 = (int) (key >>> 32);
        this.a0 = (int) a;
        this.a1 = (int) (a >>> 32);
        this.b0 = (int) b;
    }

    /**
     * @param seed the run's or the stream's seed
     * @param purpose name of the use, such as {@code "crop"}; draws for different purposes are independent
     * @param a first counter (an epoch or a step), any value
     * @param b second counter (a sample id), any value
     */
    public static CounterRandom of(long seed, String purpose, long a, long b) {
        // The high half of b goes into the key, because the counter has room for only 96 bits beside the block number.
        return new CounterRandom(mix(mix(seed ^ hash(purpose)) ^ (b >>> 32)), a, b);
    }

    /** The next int, uniform over all ints. */
    public int nextInt() {
        if (used == 4) {
            fill(block++);
            used = 0;
        }
        return out[used++];
    }

    /** The next long, uniform over all longs. */
    public long nextLong() {
        return (long) nextInt() << 32 | nextInt() & 0xFFFFFFFFL;
    }

    /** The next int, uniform in [0, bound), without modulo bias (Lemire's multiplication with rejection). */
    public int nextInt(int bound) {
        if (bound <= 0)
            throw new IllegalArgumentException("bound must be positive, was " + bound);
        long product = (nextInt() & 0xFFFFFFFFL) * bound;
        if ((product & 0xFFFFFFFFL) < bound) {
            final long threshold = (1L << 32) % bound;
            while ((product & 0xFFFFFFFFL) < threshold)
                product = (nextInt() & 0xFFFFFFFFL) * bound;
        }
        return (int) (product >>> 32);
    }

    /** The next double, uniform in [0, 1), with 53 random bits. */
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** The next float, uniform in [0, 1), with 24 random bits. */
    public float nextFloat() {
        return (nextInt() >>> 8) * 0x1.0p-24f;
    }

    /** The next double, uniform in [low, high), up to rounding. */
    public double uniform(double low, double high) {
        return low + (high - low) * nextDouble();
    }

    /** The next draw of a standard normal distribution (cosine half of Box and Muller; every call uses two doubles). */
    public double nextGaussian() {
        final double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
        return radius * StrictMath.cos(2 * StrictMath.PI * nextDouble());
    }

    private void fill(int counter) {
        philox(out, counter, b0, a0, a1, key0, key1);
    }

    /** Computes one block of Philox4x32-10 into {@code out}: 4 ints. */
    static void philox(int[] out, int counter0, int counter1, int counter2, int counter3, int key0, int key1) {
        int c0 = counter0;
        int c1 = counter1;
        int c2 = counter2;
        int c3 = counter3;
        int k0 = key0;
        int k1 = key1;
        for (int round = 0; round < 10; round++) {
            final long p0 = (M0 & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL);
            final long p1 = (M1 & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
            c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            c1 = (int) p1;
            c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c3 = (int) p0;
            k0 += W0;
            k1 += W1;
        }
        out[0] = c0;
        out[1] = c1;
        out[2] = c2;
        out[3] = c3;
    }

    static long hash(String text) {
        long h = 0xCBF29CE484222325L; // FNV-1a
        for (final byte b : text.getBytes(StandardCharsets.UTF_8))
            h = (h ^ b & 0xFF) * 0x100000001B3L;
        return h;
    }

    static long mix(long z) { // SplitMix64's finaliser
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
