package retort.codec;

import java.nio.ByteBuffer;

/**
 * Reads Avro's binary step by step and never past its end. Every length is compared with the number of remaining bytes before it is
 * used, because the bytes may be hostile. Confined to one thread.
 */
final class WireCursor {
    private final ByteBuffer bytes;
    private final String what;
    private int position;

    /** @param what name of the record type, for messages */
    WireCursor(byte[] bytes, int position, String what) {
        this(ByteBuffer.wrap(bytes), position, what);
    }

    /**
     * @param bytes from index 0 to the limit; its own position is neither used nor moved
     * @param position index of the first byte that is read
     */
    WireCursor(ByteBuffer bytes, int position, String what) {
        this.bytes = bytes;
        this.position = position;
        this.what = what;
    }

    int position() {
        return position;
    }

    int remaining() {
        return bytes.limit() - position;
    }

    /** Reads a zigzag-coded int or long. */
    long readLong(String field) throws UndecodableException {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            if (position == bytes.limit())
                throw cut(field);
            final byte next = bytes.get(position++);
            if (shift == 63 && (next & 0xFE) != 0)
                break; // bits beyond the 64th
            value |= (next & 0x7FL) << shift;
            if (next >= 0)
                return value >>> 1 ^ -(value & 1);
        }
        throw invalid(field, "is a number of more than 64 bits");
    }

    int readInt(String field) throws UndecodableException {
        final long value = readLong(field);
        if (value != (int) value)
            throw invalid(field, "is " + value + ", which is no int");
        return (int) value;
    }

    /** Reads a length in bytes and checks that it is not negative and not larger than the number of remaining bytes. */
    int readLength(String field) throws UndecodableException {
        final long length = readLong(field);
        if (length < 0 || length > remaining())
            throw invalid(field, "claims " + length + " bytes where " + remaining() + " are left");
        return (int) length;
    }

    /** Reads the number of items in the next block of an array or map; 0 ends it. Checks the block's size in bytes if it is given. */
    long readBlock(String field) throws UndecodableException {
        final long count = readLong(field);
        if (count >= 0)
            return count;
        if (count == Long.MIN_VALUE)
            throw invalid(field, "claims " + count + " items");
        readLength(field);
        return -count;
    }

    void skip(int length, String field) throws UndecodableException {
        if (length > remaining())
            throw cut(field);
        position += length;
    }

    /** Reads the next byte as an unsigned number. */
    int readByte(String field) throws UndecodableException {
        if (position == bytes.limit())
            throw cut(field);
        return bytes.get(position++) & 0xFF;
    }

    void requireEnd() throws UndecodableException {
        if (remaining() != 0)
            throw new UndecodableException(what + " of " + bytes.limit() + " bytes ends at byte " + position + ": "
                    + remaining() + " bytes are left over");
    }

    UndecodableException invalid(String field, String why) {
        return new UndecodableException(what + " of " + bytes.limit() + " bytes: " + field + " " + why);
    }

    private UndecodableException cut(String field) {
        return new UndecodableException(what + " is cut: its " + bytes.limit() + " bytes end within " + field);
    }
}
