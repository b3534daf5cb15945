package retort.codec;

import java.util.Arrays;

/** Writes Avro's binary into an array. The caller makes the array large enough. Confined to one thread. */
final class WireOutput {
    /** The largest number of bytes of a zigzag-coded long. */
    static final int LONGEST_NUMBER = 10;

    private final byte[] bytes;
    private int length;

    WireOutput(int capacity) {
        this.bytes = new byte[capacity];
    }

    WireOutput raw(byte[] part) {
        System.arraycopy(part, 0, bytes, length, part.length);
        length += part.length;
        return this;
    }

    /** Writes an int or a long, zigzag-coded. */
    WireOutput number(long value) {
        long rest = value << 1 ^ value >> 63;
        while ((rest & ~0x7FL) != 0) {
            bytes[length++] = (byte) (rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
        return this;
    }

    /** Writes an array as one block, as Avro's encoder does. An empty array has no block. */
    WireOutput items(long[] items) {
        if (items.length > 0)
            number(items.length);
        for (final long item : items)
            number(item);
        return number(0);
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }
}
