package retort.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/**
 * Avro's single-object framing: {@code C3 01}, then the CRC-64-AVRO fingerprint of the writer's schema (little-endian), then the
 * binary. Stateless, so any thread may call it.
 */
final class SingleObject {
    /** Number of bytes before the binary. */
    static final int HEADER_BYTES = 10;

    private static final byte MARK_0 = (byte) 0xC3;
    private static final byte MARK_1 = 1;
    /** Number of bytes before the binary in the Confluent framing: a zero byte and the id of a schema in a registry. */
    static final int CONFLUENT_HEADER_BYTES = 5;

    private SingleObject() {
    }

    static long fingerprint(Schema schema) {
        return SchemaNormalization.parsingFingerprint64(schema);
    }

    static byte[] header(long fingerprint) {
        return ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN).put(MARK_0).put(MARK_1).putLong(fingerprint)
                .array();
    }

    static byte[] confluentHeader(int id) {
        return ByteBuffer.allocate(CONFLUENT_HEADER_BYTES).put((byte) 0).putInt(id).array();
    }

    /** The schema id in the Confluent header of {@code value}. */
    static int idOf(byte[] value) {
        return ByteBuffer.wrap(value).getInt(1);
    }

    /**
     * The fingerprint in the header of {@code value}.
     *
     * @param expected name of the expected record type, for the message
     * @throws UndecodableException if {@code value} has another framing
     */
    static long fingerprintOf(byte[] value, String expected) throws UndecodableException {
        return fingerprintOf(ByteBuffer.wrap(value), expected);
    }

    /** The same for the bytes from index 0 to the limit of {@code value}. */
    static long fingerprintOf(ByteBuffer value, String expected) throws UndecodableException {
        if (isConfluent(value))
            throw new UndecodableException("a record in the Confluent framing (schema id " + value.duplicate().getInt(1)
                    + " of a schema registry) where a " + expected + " in Avro's single-object encoding was expected");
        if (!isSingleObject(value))
            throw new UndecodableException(value.limit() + " bytes that do not begin with the mark of Avro's single-object "
                    + "encoding (C3 01 and a fingerprint) where a " + expected + " was expected");
        return value.duplicate().order(ByteOrder.LITTLE_ENDIAN).getLong(2);
    }

    static boolean isSingleObject(byte[] value) {
        return isSingleObject(ByteBuffer.wrap(value));
    }

    static boolean isConfluent(byte[] value) {
        return isConfluent(ByteBuffer.wrap(value));
    }

    static boolean isSingleObject(ByteBuffer value) {
        return value.limit() >= HEADER_BYTES && value.get(0) == MARK_0 && value.get(1) == MARK_1;
    }

    static boolean isConfluent(ByteBuffer value) {
        return value.limit() >= CONFLUENT_HEADER_BYTES && value.get(0) == 0;
    }
}
