package retort.ingest.source.parquet;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Thrift's compact protocol, as much of it as Parquet's metadata needs: the caller asks for the fields that it knows and skips the
 * others. Every length is held against the bytes that are there; past their end it throws {@link BufferUnderflowException}.
 * Confined to one thread.
 */
final class CompactReader {
    private static final int STOP = 0;
    static final int TRUE = 1;
    private static final int FALSE = 2;
    private static final int BYTE = 3;
    private static final int DOUBLE = 7;
    private static final int BINARY = 8;
    private static final int LIST = 9;
    private static final int SET = 10;
    private static final int MAP = 11;
    private static final int STRUCT = 12;
    private static final int DEEPEST = 32;

    /** Reads one field of a struct, all of its bytes. */
    @FunctionalInterface
    interface Field {
        void read(int id, int type) throws IOException;
    }

    private final ByteBuffer bytes;
    private int depth;

    /** @param bytes read from their position on, which moves */
    CompactReader(ByteBuffer bytes) {
        this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Calls {@code field} for each field of the struct that begins here. */
    void struct(Field field) throws IOException {
        if (++depth > DEEPEST)
            throw new IOException("metadata is nested deeper than " + DEEPEST);
        int id = 0;
        for (int head = readByte(); (head & 0xf) != STOP; head = readByte()) {
            id = head >>> 4 == 0 ? i32() : id + (head >>> 4);
            field.read(id, head & 0xf);
        }
        depth--;
    }

    /** Begins a list and gives its length; its items follow. */
    int list() throws IOException {
        final int head = readByte();
        final long size = head >>> 4 == 15 ? varint() : head >>> 4;
        if (size < 0 || size > bytes.remaining()) // an item takes a byte or more
            throw new IOException("a list of " + size + " where " + bytes.remaining() + " bytes are left");
        return (int) size;
    }

    int i32() throws IOException {
        final long value = zigzag();
        if (value != (int) value)
            throw new IOException(value + " where an int was expected");
        return (int) value;
    }

    long i64() throws IOException {
        return zigzag();
    }

    String string() throws IOException {
        final byte[] text = new byte[length()];
        bytes.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    /** Skips a value of {@code type}, which is numbered as in a struct's field. */
    void skip(int type) throws IOException {
        switch (type) {
            case TRUE, FALSE -> {
            } // the type is the value
            case BYTE -> readByte();
            case 4, 5, 6 -> zigzag();
            case DOUBLE -> advance(Double.BYTES);
            case BINARY -> advance(length());
            case LIST, SET -> skipList();
            case STRUCT -> struct((id, inner) -> skip(inner));
            default -> throw new IOException(type == MAP ? "a map, which Parquet's metadata has none of" : "no type " + type);
        }
    }

    private void skipList() throws IOException {
        final int type = bytes.get(bytes.position()) & 0xf;
        for (int left = list(); left > 0; left--)
            if (type == TRUE || type == FALSE) // in a list a boolean has a byte
                readByte();
            else
                skip(type);
    }

    private int length() throws IOException {
        final long length = varint();
        if (length < 0 || length > bytes.remaining())
            throw new IOException("a text of " + length + " bytes where " + bytes.remaining() + " are left");
        return (int) length;
    }

    private void advance(int count) {
        if (count > bytes.remaining())
            throw new BufferUnderflowException();
        bytes.position(bytes.position() + count);
    }

    private int readByte() {
        return Byte.toUnsignedInt(bytes.get());
    }

    private long zigzag() throws IOException {
        final long value = varint();
        return value >>> 1 ^ -(value & 1);
    }

    private long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            final int part = readByte();
            value |= (long) (part & 0x7f) << shift;
            if (part < 0x80)
                return value;
        }
        throw new IOException("a number of more than ten bytes");
    }
}
