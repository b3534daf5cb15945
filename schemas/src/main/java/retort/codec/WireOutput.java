package retort.codec;

import java.util.Arrays;

/** Writes Avro's binary into an array that was made large enough. Confined to one thread. */
final class WireOutput {
    /** Bytes that a zigzag-coded long takes at most. */
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

    /** An int or a long, zigzag-coded. */
    WireOutput number(long value) {
        long rest = value << 1 ^ value >> 63;
        while ((rest & ~0x7FL) != 0) {
            bytes[length++] = (byte) (rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
        return this;
    }

    /** An array in one block, as Avro's encoder writes it: no block at all where it is empty. */
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
