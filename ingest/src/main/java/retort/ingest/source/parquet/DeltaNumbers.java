package retort.ingest.source.parquet;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** Parquet's DELTA_BINARY_PACKED: a first number, then blocks of differences, each block packed by its own widths. Stateless. */
final class DeltaNumbers {
    private DeltaNumbers() {
    }

    /**
     * Reads all numbers of a page.
     *
     * @param bytes read from their position on, which moves behind the last block
     * @param most the largest number of numbers, which is the number of rows
     * @throws IOException if the header is damaged; damage elsewhere ends in the exception of a buffer
     */
    static long[] read(ByteBuffer bytes, int most) throws IOException {
        final long block = varint(bytes);
        final long parts = varint(bytes);
        final long count = varint(bytes);
        final long size = parts > 0 ? block / parts : 0;
        if (count < 0 || count > most || size <= 0 || size % 32 != 0 || size * parts != block || block > 1 << 20)
            throw new IOException(
                    "it is damaged: " + count + " numbers in blocks of " + block + ", in a page of " + most + " rows");
        final long[] numbers = new long[(int) count];
        long value = zigzag(bytes);
        int n = 0;
        if (count > 0)
            numbers[n++] = value;
        while (n < count) {
            final long least = zigzag(bytes);
            final byte[] widths = new byte[(int) parts];
            bytes.get(widths);
            for (int part = 0; part < parts && n < count; part++) { // parts after the last number have a width and no bytes
                if (widths[part] < 0 || widths[part] > Long.SIZE)
                    throw new IOException("it is damaged: numbers of " + widths[part] + " bits");
                final int start = bytes.position();
                for (int i = 0; i < size && n < count; i++) {
                    value += least + unpack(bytes, start, (long) i * widths[part], widths[part]);
                    numbers[n++] = value;
                }
                bytes.position(Math.toIntExact(Math.min(start + size / 8 * widths[part], bytes.limit())));
            }
        }
        return numbers;
    }

    private static long unpack(ByteBuffer bytes, int start, long bit, int width) {
        int at = Math.toIntExact(start + (bit >>> 3));
        int shift = (int) (bit & 7);
        long value = 0;
        for (int got = 0; got < width; got += Byte.SIZE - shift, shift = 0, at++)
            value |= (Byte.toUnsignedLong(bytes.get(at)) >>> shift) << got;
        return width == Long.SIZE ? value : value & (1L << width) - 1;
    }

    private static long zigzag(ByteBuffer bytes) {
        final long value = varint(bytes);
        return value >>> 1 ^ -(value & 1);
    }

    private static long varint(ByteBuffer bytes) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            final byte part = bytes.get();
            value |= (part & 0x7FL) << shift;
            if (part >= 0)
                return value;
        }
        throw new BufferUnderflowException();
    }
}
