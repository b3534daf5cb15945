package retort.codec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;
import retort.record.Stream;

/**
 * Encodes and decodes one record type in Avro's single-object encoding: {@code C3 01}, an 8-byte fingerprint, the binary. Immutable, so
 * any thread may use it.
 */
public final class EventCodec<T extends SpecificRecord> {
    private static final int USUAL_EVENT_BYTES = 512;
    private static final int LAST_RELEASE = 1;

    static {
        // Avro creates objects only of classes that are trusted by name. This adds the classes that are generated from the contract.
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(ClassSecurityValidator.getGlobal(),
                type -> type.getPackage() == Stream.class.getPackage()));
    }

    private final Schema schema;
    private final SpecificData data;
    private final byte[] header;
    /** Schemas that a record may have been written with, by fingerprint: the present one and those of earlier releases. */
    private final Map<Long, Schema> writers;

    private EventCodec(Schema schema, SpecificData data, Map<Long, Schema> writers) {
        this.schema = schema;
        this.data = data;
        this.header = SingleObject.header(SingleObject.fingerprint(schema));
        this.writers = Map.copyOf(writers);
    }

    /**
     * The codec of a generated record class. It also reads records that earlier releases have written. If the schema of a release differs
     * from the present one, it is the resource {@code /released/RELEASE/NAME.avsc}.
     */
    public static <T extends SpecificRecord> EventCodec<T> of(Class<T> type) {
        final SpecificData data = SpecificData.getForClass(type);
        final Schema schema = data.getSchema(type);
        EventCodec<T> codec = new EventCodec<>(schema, data, Map.of(SingleObject.fingerprint(schema), schema));
        for (int release = 1; release <= LAST_RELEASE; release++)
            try (InputStream former = EventCodec.class
                    .getResourceAsStream("/released/" + release + "/" + schema.getName() + ".avsc")) {
                if (former != null)
                    codec = codec.reading(new Schema.Parser().parse(former));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        return codec;
    }

    /** A codec that also reads records written with {@code former}. The defaults of the present schema fill the fields that they lack. */
    public EventCodec<T> reading(Schema former) {
        final Map<Long, Schema> all = new HashMap<>(writers);
        all.put(SingleObject.fingerprint(former), former);
        return new EventCodec<>(schema, data, all);
    }

    public byte[] encode(T record) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream(USUAL_EVENT_BYTES);
        try {
            out.write(header);
            final BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
            new SpecificDatumWriter<T>(schema, data).write(record, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // cannot happen, because the output is an array
        }
        return out.toByteArray();
    }

    /** @throws UndecodableException if {@code value} has another framing, an unknown fingerprint, or missing or surplus bytes */
    public T decode(byte[] value) throws UndecodableException {
        final long fingerprint = SingleObject.fingerprintOf(value, schema.getName());
        final Schema writer = writers.get(fingerprint);
        if (writer == null)
            throw new UndecodableException("a record with the unknown schema fingerprint "
                    + HexFormat.of().toHexDigits(fingerprint) + " where a " + schema.getName() + " was expected");
        return decode(value, SingleObject.HEADER_BYTES, writer);
    }

    /**
     * Decodes the record behind a Confluent header (a zero byte, a 4-byte schema id). No registry is asked. The record is expected to be
     * written with the present schema, and its bytes are checked against that schema.
     *
     * @throws UndecodableException if {@code value} has another framing, another schema, or missing or surplus bytes
     */
    public T decodeConfluent(byte[] value) throws UndecodableException {
        if (!SingleObject.isConfluent(value))
            throw new UndecodableException(
                    value.length + " bytes that do not begin with the header of the Confluent framing where "
                            + "a " + schema.getName() + " was expected");
        return decode(value, SingleObject.CONFLUENT_HEADER_BYTES, schema);
    }

    private T decode(byte[] value, int position, Schema writer) throws UndecodableException {
        WireCheck.check(value, position, writer);
        try {
            return new SpecificDatumReader<T>(writer, schema, data).read(null,
                    DecoderFactory.get().binaryDecoder(value, position, value.length - position, null));
        } catch (IOException | RuntimeException e) { // Avro throws exceptions of any type for bytes that it cannot read
            throw new UndecodableException(schema.getName() + " of " + value.length + " bytes: " + e.getMessage(), e);
        }
    }

    /** @return true if {@code value} begins with the mark of Avro's single-object encoding */
    public static boolean isSingleObject(byte[] value) {
        return SingleObject.isSingleObject(value);
    }

    /** @return true if {@code value} begins with a header of the Confluent framing */
    public static boolean isConfluent(byte[] value) {
        return SingleObject.isConfluent(value);
    }
}
