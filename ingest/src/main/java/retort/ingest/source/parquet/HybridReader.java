package retort.ingest.source.parquet;

import java.nio.ByteBuffer;

/**
 * Parquet's mix of runs and bit-packed groups, in which levels and dictionary indices are written. Past its end it throws the exception of a
 * buffer. Confined to one thread.
 */
final class HybridReader {
    private final ByteBuffer bytes;
    private final int width;
    private int left;
    private boolean packed;
    private int value;
    /** The first byte of the packed group, and the number of values taken from the group. */
    private int start;
    private int taken;

    /** @param width bits of a value, 0 to 32 */
    HybridReader(ByteBuffer bytes, int width) {
        if (width < 0 || width > Integer.SIZE)
            throw new IllegalArgumentException("values of " + width + " bits");
        this.bytes = bytes;
        this.width = width;
    }

    int next() {
        while (left == 0)
            begin();
        left--;
        return packed ? unpack(taken++) : value;
    }

    private void begin() {
        int head = 0;
        for (int shift = 0, part = 0x80; part >= 0x80 && shift < Integer.SIZE; shift += 7) {
            part = Byte.toUnsignedInt(bytes.get());
            head |= (part & 0x7f) << shift;
        }
        packed = (head & 1) == 1;
        if (packed) {
            final long size = (long) (head >>> 1) * width;
            left = (int) Math.min((head >>> 1) * 8L, Integer.MAX_VALUE);
            start = bytes.position();
            taken = 0;
            bytes.position((int) Math.min(start + size, bytes.limit()));
        } else {
            left = head >>> 1;
            value = 0;
            for (int i = 0; i < (width + 7) / 8; i++)
                value |= Byte.toUnsignedInt(bytes.get()) << 8 * i;
        }
    }

    private int unpack(int index) {
        final long bit = (long) index * width;
        final int at = Math.toIntExact(start + (bit >>> 3));
        long word = 0;
        for (int i = 0; i < (width + 7 + (bit & 7)) / 8; i++)
            word |= i == 0 || at + i < bytes.limit() ? (long) Byte.toUnsignedInt(bytes.get(at + i)) << 8 * i : 0;
        return (int) (word >>> (bit & 7) & (1L << width) - 1);
    }
}
