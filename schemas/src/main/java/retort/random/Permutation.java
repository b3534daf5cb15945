package retort.random;

/**
 * A pseudo-random permutation of 0..size-1. Any element is computed without a table: a Feistel network of six rounds permutes the
 * numbers below a power of four that is at least {@code size}, and is applied again until the result is below {@code size} (fewer than
 * four times on average). Keyed by (seed, purpose, epoch). Immutable.
 */
public final class Permutation {
    private static final int ROUNDS = 6;
    private static final long LARGEST = 1L << 62;

    private final long size;
    private final int halfBits;
    private final long halfMask;
    private final long[] keys = new long[ROUNDS];

    private Permutation(long size, long seed, String purpose, long epoch) {
        if (size < 0 || size > LARGEST)
            throw new IllegalArgumentException("size must be 0 to 2^62, was " + size);
        this.size = size;
        this.halfBits = Math.max(1, (64 - Long.numberOfLeadingZeros(Math.max(1, size - 1)) + 1) / 2);
        this.halfMask = (1L << halfBits) - 1;
        final CounterRandom random = CounterRandom.of(seed, purpose, epoch, 0);
        for (int i = 0; i < ROUNDS; i++)
            keys[i] = random.nextLong();
    }

    public static Permutation of(long size, long seed, String purpose, long epoch) {
        return new Permutation(size, seed, purpose, epoch);
    }

    /** The element at {@code index}. Both are in [0, size). @throws IndexOutOfBoundsException if {@code index} is not */
    public long at(long index) {
        if (index < 0 || index >= size)
            throw new IndexOutOfBoundsException("index " + index + " of a permutation of " + size);
        long x = index;
        do {
            x = encrypt(x);
        } while (x >= size);
        return x;
    }

    private long encrypt(long x) {
        long left = x >>> halfBits;
        long right = x & halfMask;
        for (final long key : keys) {
            final long next = left ^ CounterRandom.mix(right ^ key) & halfMask;
            left = right;
            right = next;
        }
        return left << halfBits | right;
    }
}
