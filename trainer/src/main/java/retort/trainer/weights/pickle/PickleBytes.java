package retort.trainer.weights.pickle;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads the operands from a pickle's bytes. No memory is allocated for a length before that many bytes are known to be there. */
final class PickleBytes {
    private static final int MAX_NUMBER_BYTES = 255;
    private static final int MAX_LINE = 1 << 16;
    /** Limit for the bytes of all text and numbers together. Names of tensors and settings of a trainer take a hundredth of it. */
    private static final int MAX_HELD = 8 << 20;

    private final ByteBuffer bytes;
    private int held;

    PickleBytes(ByteBuffer bytes) {
        this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    int position() {
        return bytes.position();
    }

    int u1() {
        require(1);
        return Byte.toUnsignedInt(bytes.get());
    }

    int u2() {
        require(2);
        return Short.toUnsignedInt(bytes.getShort());
    }

    int i4() {
        require(4);
        return bytes.getInt();
    }

    long i8() {
        require(8);
        return bytes.getLong();
    }

    double bigEndianReal() {
        require(8);
        return Double.longBitsToDouble(Long.reverseBytes(bytes.getLong()));
    }

    /** Reads a length of {@code width} 1, 4 or 8 bytes and checks that so many bytes follow. */
    int length(int width) {
        final long length = switch (width) {
            case 1 -> u1();
            case 4 -> Integer.toUnsignedLong(i4());
            default -> i8();
        };
        require(length);
        return (int) length;
    }

    String text(int length) {
        return new String(take(length), StandardCharsets.UTF_8);
    }

    void skip(int length) {
        require(length);
        bytes.position(bytes.position() + length);
    }

    /** Reads a number in two's complement, little-endian. */
    BigInteger number(int length) {
        if (length > MAX_NUMBER_BYTES)
            throw new PickleException("a number of " + length + " bytes");
        final byte[] littleEndian = take(length);
        final byte[] bigEndian = new byte[length + 1];
        for (int i = 0; i < length; i++)
            bigEndian[length - i] = littleEndian[i];
        if (length > 0 && littleEndian[length - 1] < 0)
            bigEndian[0] = -1;
        return new BigInteger(bigEndian);
    }

    /** Reads the text up to the next line feed, and skips the line feed. */
    String line() {
        final int start = bytes.position();
        for (int at = start; at < bytes.limit() && at - start <= MAX_LINE; at++)
            if (bytes.get(at) == '\n') {
                final String line = text(at - start);
                bytes.get();
                return line;
            }
        throw new PickleException("at byte " + start + ": a line without an end");
    }

    private byte[] take(int length) {
        require(length);
        if (length > MAX_HELD - held)
            throw new PickleException(
                    "it holds more than " + (MAX_HELD >> 20) + " MiB of text, far more than names of tensors take");
        held += length;
        final byte[] taken = new byte[length];
        bytes.get(taken);
        return taken;
    }

    private void require(long length) {
        if (length < 0 || length > bytes.remaining())
            throw new PickleException("it ends, or is damaged, at byte " + bytes.position() + ": "
                    + Long.toUnsignedString(length) + " more bytes were expected, " + bytes.remaining() + " are there");
    }
}
