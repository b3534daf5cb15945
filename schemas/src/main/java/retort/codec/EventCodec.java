package retort.codec;

import org.apache.avro.specific.SpecificRecord;

/**
 * Avro single-object encoding (C3 01, 8-byte fingerprint, binary) of one record type. Immutable; any thread.
 */
public final class EventCodec<T extends SpecificRecord> {
    private EventCodec() {
    }

    /** The codec of a generated record class. */
    public static <T extends SpecificRecord> EventCodec<T> of(Class<T> type) {
        throw new UnsupportedOperationException();
    }

    public byte[] encode(T record) {
        throw new UnsupportedOperationException();
    }

    /** @throws UndecodableException for another framing, an unknown fingerprint, cut or surplus bytes */
    public T decode(byte[] value) throws UndecodableException {
        throw new UnsupportedOperationException();
    }
}
