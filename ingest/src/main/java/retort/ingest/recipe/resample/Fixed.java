package retort.ingest.recipe.resample;

/**
 * Pillow's fixed point: 8 bits of pixel and 2 bits of overshoot leave 22 fraction bits of an int. A sum begins at {@link #START} and is
 * read as unsigned. It never goes below 0, so two sums share a long without a borrow between them. The upper ten bits of a sum index a
 * table that drops the offset and clips. The half in {@link #START} rounds half up.
 */
final class Fixed {
    static final int BITS = 22;
    /** One half, plus an offset of 256 pixel values. The offset is larger than any sum of negative weights. */
    static final int START = (1 << BITS - 1) + (256 << BITS);
    /** {@link #START} in both halves of a long. */
    static final long STARTS = START * 0x1_0000_0001L;

    private static final byte[] CLIPPED = new byte[1 << Integer.SIZE - BITS];

    static {
        for (int i = 0; i < CLIPPED.length; i++)
            CLIPPED[i] = (byte) Math.clamp(i - 256, 0, 255);
    }

    private Fixed() {
    }

    static int of(double weight) {
        return (int) (weight * (1 << BITS) + (weight < 0 ? -0.5 : 0.5));
    }

    /** The pixel of the sum in the lower half of {@code sums}. */
    static byte low(long sums) {
        return CLIPPED[(int) (sums >>> BITS) & CLIPPED.length - 1];
    }

    /** The pixel of the sum in the upper half of {@code sums}. */
    static byte high(long sums) {
        return CLIPPED[(int) (sums >>> Integer.SIZE + BITS)];
    }
}
