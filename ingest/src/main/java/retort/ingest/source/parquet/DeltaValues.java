package retort.ingest.source.parquet;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntFunction;

/**
 * The values of a page in one of Parquet's DELTA encodings, forward: numbers, texts behind their lengths, and texts that share a beginning
 * with the one before. Confined to one thread.
 */
final class DeltaValues {
    static final int NUMBERS = 5;
    static final int LENGTHS = 6;
    static final int PREFIXES = 7;

    private final IntFunction<ByteBuffer> value;
    private int next;

    private DeltaValues(IntFunction<ByteBuffer> value) {
        this.value = value;
    }

    /** True if {@code encoding} is one of these, and values of Parquet's physical type {@code type} may be written in it. */
    static boolean isOne(int encoding, int type) {
        return type == Footer.Column.BYTE_ARRAY
                ? encoding == LENGTHS || encoding == PREFIXES
                : encoding == NUMBERS && (type == Footer.Column.INT32 || type == Footer.Column.INT64);
    }

    /**
     * @param encoding one of the constants here
     * @param bytes the page after its levels, little-endian
     * @param rows rows of the page
     */
    static DeltaValues of(int encoding, ByteBuffer bytes, int rows) throws IOException {
        final long[] first = DeltaNumbers.read(bytes, rows);
        if (encoding == NUMBERS) {
            final ByteBuffer number = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN); // its first half is the int
            return new DeltaValues(i -> number.putLong(0, first[i]));
        }
        if (encoding == LENGTHS)
            return new DeltaValues(i -> take(bytes, first[i]));
        final long[] lengths = DeltaNumbers.read(bytes, rows);
        final byte[][] last = {{}};
        return new DeltaValues(i -> {
            if (first[i] < 0 || first[i] > last[0].length)
                throw new BufferUnderflowException();
            final ByteBuffer end = take(bytes, lengths[i]);
            final byte[] whole = new byte[Math.toIntExact(first[i] + end.remaining())];
            System.arraycopy(last[0], 0, whole, 0, (int) first[i]);
            end.get(whole, (int) first[i], end.remaining());
            last[0] = whole;
            return ByteBuffer.wrap(whole);
        });
    }

    /** The next value. Valid until the next call. */
    ByteBuffer next() {
        return value.apply(next++);
    }

    private static ByteBuffer take(ByteBuffer bytes, long length) {
        if (length < 0 || length > bytes.remaining())
            throw new BufferUnderflowException();
        final ByteBuffer taken = bytes.slice(bytes.position(), (int) length);
        bytes.position(bytes.position() + (int) length);
        return taken;
    }
}
