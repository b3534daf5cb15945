package retort.pickle;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** Reads the operands from a pickle's bytes. No memory is allocated for a length before that many bytes are known to be there. */
final class PickleInput {
    private static final int MAX_NUMBER_BYTES = 255;
    private static final int MAX_LINE = 1 << 16;
    /** Limit for the bytes of all text and numbers together. Names of tensors or files and settings of a trainer take a tenth of it at most. */
    private static final int MAX_HELD = 8 << 20;
    /** Longer strings of bytes are arrays: their place is noted, and they are passed over. */
    private static final int MAX_STRING = 4096;

    private final InputStream in;
    private final long length;
    private long position;
    private int held;

    PickleInput(InputStream in, long length) {
        this.in = in;
        this.length = length;
    }

    long position() {
        return position;
    }

    int u1() throws IOException {
        return (int) unsigned(1);
    }

    /** Reads a number of 1 to 8 bytes, little-endian; 8 bytes have a sign. */
    long unsigned(int width) throws IOException {
        require(width);
        long value = 0;
        for (int i = 0; i < width; i++)
            value |= (long) next() << (Byte.SIZE * i);
        return value;
    }

    double bigEndianReal() throws IOException {
        return Double.longBitsToDouble(Long.reverseBytes(unsigned(Double.BYTES)));
    }

    /** Reads a length of {@code width} 1, 4 or 8 bytes and checks that so many bytes follow. */
    long length(int width) throws IOException {
        final long follows = unsigned(width);
        require(follows);
        return follows;
    }

    String text(long bytes) throws IOException {
        return new String(take(bytes), StandardCharsets.UTF_8);
    }

    /** Reads bytes that may be an array, and keeps the content of short ones. */
    Value.Bytes bytes(long bytes) throws IOException {
        final long from = position;
        if (bytes <= MAX_STRING)
            return new Value.Bytes(from, bytes, new String(take(bytes), StandardCharsets.ISO_8859_1));
        require(bytes);
        in.skipNBytes(bytes);
        position += bytes;
        return new Value.Bytes(from, bytes, "");
    }

    /** Reads a text of Python 2, in which arrays are strings, too. */
    Value string(long bytes) throws IOException {
        return bytes <= MAX_STRING ? new Value.Text(text(bytes)) : bytes(bytes);
    }

    /** Reads a number in two's complement, little-endian. */
    BigInteger number(long bytes) throws IOException {
        if (bytes > MAX_NUMBER_BYTES)
            throw new PickleException("a number of " + bytes + " bytes");
        final byte[] littleEndian = take(bytes);
        final byte[] bigEndian = new byte[littleEndian.length + 1];
        for (int i = 0; i < littleEndian.length; i++)
            bigEndian[littleEndian.length - i] = littleEndian[i];
        if (littleEndian.length > 0 && littleEndian[littleEndian.length - 1] < 0)
            bigEndian[0] = -1;
        return new BigInteger(bigEndian);
    }

    /** Reads the text up to the next line feed, and skips the line feed. */
    String line() throws IOException {
        final long start = position;
        final ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (position < length && line.size() <= MAX_LINE) {
            final int letter = next();
            if (letter == '\n') {
                hold(line.size());
                return line.toString(StandardCharsets.UTF_8);
            }
            line.write(letter);
        }
        throw new PickleException("at byte " + start + ": a line without an end");
    }

    private byte[] take(long bytes) throws IOException {
        require(bytes);
        hold(bytes);
        final byte[] taken = new byte[(int) bytes];
        if (in.readNBytes(taken, 0, taken.length) < taken.length)
            throw shorter();
        position += bytes;
        return taken;
    }

    private int next() throws IOException {
        final int read = in.read();
        if (read < 0)
            throw shorter();
        position++;
        return read;
    }

    private EOFException shorter() {
        return new EOFException("it ends after byte " + position + ", and had " + length + " bytes before");
    }

    private void hold(long bytes) {
        if (bytes > MAX_HELD - held)
            throw new PickleException(
                    "it holds more than " + (MAX_HELD >> 20) + " MiB of text, far more than names take");
        held += (int) bytes;
    }

    private void require(long bytes) {
        if (bytes < 0 || bytes > length - position)
            throw new PickleException("it ends, or is damaged, at byte " + position + ": " + Long.toUnsignedString(bytes)
                    + " more bytes were expected, " + (length - position) + " are there");
    }
}
