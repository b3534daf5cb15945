package retort.codec;

import org.apache.avro.Schema;

/**
 * Walks a record's bytes along its schema and creates no objects. It checks every length, count, branch and symbol against the bytes
 * of the record. Bytes that pass the check are safe for Avro's reader, because its allocations then depend on the real number of bytes,
 * not on a length that the bytes claim. Stateless, so any thread may call it.
 */
final class WireCheck {
    private WireCheck() {
    }

    /** @throws UndecodableException unless the bytes from {@code position} to the end of {@code value} are exactly one {@code schema} */
    static void check(byte[] value, int position, Schema schema) throws UndecodableException {
        final WireCursor cursor = new WireCursor(value, position, schema.getName());
        walk(cursor, schema, schema.getName());
        cursor.requireEnd();
    }

    private static void walk(WireCursor cursor, Schema schema, String field) throws UndecodableException {
        switch (schema.getType()) {
            case RECORD -> {
                for (final Schema.Field part : schema.getFields())
                    walk(cursor, part.schema(), part.name());
            }
            case UNION -> walk(cursor, schema.getTypes().get(index(cursor, schema.getTypes().size(), field)), field);
            case ENUM -> index(cursor, schema.getEnumSymbols().size(), field);
            case ARRAY -> blocks(cursor, schema.getElementType(), false, field);
            case MAP -> blocks(cursor, schema.getValueType(), true, field);
            case STRING, BYTES -> cursor.skip(cursor.readLength(field), field);
            case FIXED -> cursor.skip(schema.getFixedSize(), field);
            case INT -> cursor.readInt(field);
            case LONG -> cursor.readLong(field);
            case FLOAT -> cursor.skip(Float.BYTES, field);
            case DOUBLE -> cursor.skip(Double.BYTES, field);
            case BOOLEAN -> bool(cursor, field);
            case NULL -> {
            }
        }
    }

    private static int index(WireCursor cursor, int size, String field) throws UndecodableException {
        final int index = cursor.readInt(field);
        if (index < 0 || index >= size)
            throw cursor.invalid(field, "takes branch or symbol " + index + " of " + size);
        return index;
    }

    /** Checks the items of an array or a map. Every item takes at least one byte, so a false count ends at the last byte. */
    private static void blocks(WireCursor cursor, Schema item, boolean keyed, String field) throws UndecodableException {
        for (long count = cursor.readBlock(field); count != 0; count = cursor.readBlock(field)) {
            if (count > cursor.remaining())
                throw cursor.invalid(field, "claims " + count + " items where " + cursor.remaining() + " bytes are left");
            for (long i = 0; i < count; i++) {
                if (keyed)
                    cursor.skip(cursor.readLength(field), field);
                walk(cursor, item, field);
            }
        }
    }

    private static void bool(WireCursor cursor, String field) throws UndecodableException {
        final int value = cursor.readByte(field);
        if (value > 1)
            throw cursor.invalid(field, "is " + value + ", which is no boolean");
    }
}
