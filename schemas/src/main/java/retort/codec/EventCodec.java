package retort.codec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;
import org.jspecify.annotations.Nullable;
import retort.record.Stream;

/**
 * Encodes and decodes one record type. It writes Avro's single-object encoding ({@code C3 01}, an 8-byte fingerprint, the binary), or, with
 * a schema registry, the Confluent framing ({@code 00}, a 4-byte schema id, the binary). It reads both, and tells them by the first bytes.
 * Any thread may use it. With a registry, a call may block.
 * <p>
 * Records in the Confluent framing also carry the fingerprint of their schema as the record header {@value #FINGERPRINT}. A reader that
 * knows the fingerprint asks no registry, so that Retort reads its own events while the registry is away or after it was made anew.
 */
public final class EventCodec<T extends SpecificRecord> {
    private static final int USUAL_EVENT_BYTES = 512;
    private static final int LAST_RELEASE = 1;
    private static final int MOST_FOREIGN = 100;
    /** Name of the record header that holds the fingerprint of the schema, as 16 hexadecimal digits. */
    public static final String FINGERPRINT = "avro-fingerprint";

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
    private final Optional<Subject> subject;
    /** Schemas of the registry that were found to be readable, by id. */
    private final Map<Integer, Schema> foreign = new ConcurrentHashMap<>();

    /** A subject of a registry. */
    private record Subject(SchemaIds ids, String name) {
    }

    private EventCodec(Schema schema, SpecificData data, Map<Long, Schema> writers, Optional<Subject> subject) {
        this.schema = schema;
        this.data = data;
        this.header = SingleObject.header(SingleObject.fingerprint(schema));
        this.writers = Map.copyOf(writers);
        this.subject = subject;
    }

    /**
     * The codec of a generated record class. It also reads records that earlier releases have written. If the schema of a release differs
     * from the present one, it is the resource {@code /released/RELEASE/NAME.avsc}.
     */
    public static <T extends SpecificRecord> EventCodec<T> of(Class<T> type) {
        final SpecificData data = SpecificData.getForClass(type);
        final Schema schema = data.getSchema(type);
        EventCodec<T> codec = new EventCodec<>(schema, data, Map.of(SingleObject.fingerprint(schema), schema),
                Optional.empty());
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
        return new EventCodec<>(schema, data, all, subject);
    }

    /** A codec that writes the Confluent framing with the id of the schema under {@code subject}, and reads both framings. */
    public EventCodec<T> in(SchemaIds ids, String name) {
        return new EventCodec<>(schema, data, writers, Optional.of(new Subject(ids, name)));
    }

    /** Registers the schema, so that no later {@link #encode} waits for the registry. Blocks. Does nothing without a registry. */
    public void register() {
        subject.ifPresent(own -> own.ids().id(own.name(), schema));
    }

    /** The value of the record header {@value #FINGERPRINT} for what {@link #encode} returns; empty if its framing holds the fingerprint. */
    public Optional<byte[]> fingerprint() {
        return subject
                .map(own -> HexFormat.of().toHexDigits(SingleObject.fingerprint(schema)).getBytes(StandardCharsets.US_ASCII));
    }

    /** @throws RuntimeException if a schema registry is needed and does not answer */
    public byte[] encode(T record) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream(USUAL_EVENT_BYTES);
        try {
            out.write(subject.map(own -> SingleObject.confluentHeader(own.ids().id(own.name(), schema))).orElse(header));
            final BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
            new SpecificDatumWriter<T>(schema, data).write(record, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // cannot happen, because the output is an array
        }
        return out.toByteArray();
    }

    /** Decodes {@code value} as {@link #decode(byte[], byte[])} does, without a record header. */
    public T decode(byte[] value) throws UndecodableException {
        return decode(value, null);
    }

    /**
     * Decodes a value in either framing.
     *
     * @param fingerprint value of the record header {@value #FINGERPRINT}; null without one
     * @throws UndecodableException if {@code value} has no framing, an unknown or unreadable schema, or missing or surplus bytes
     * @throws RuntimeException if a schema registry is needed and does not answer
     */
    public T decode(byte[] value, byte @Nullable [] fingerprint) throws UndecodableException {
        if (SingleObject.isConfluent(value))
            return decode(value, SingleObject.CONFLUENT_HEADER_BYTES, writer(SingleObject.idOf(value), fingerprint));
        return decodeSingleObject(value);
    }

    /** The schema that a record in the Confluent framing was written with. */
    private Schema writer(int id, byte @Nullable [] fingerprint) throws UndecodableException {
        final Schema known = fingerprint == null ? null : named(fingerprint);
        if (known != null)
            return known;
        if (subject.isEmpty())
            throw new UndecodableException(
                    "a record in the Confluent framing (schema id " + id + " of a schema registry) where a "
                            + schema.getName() + " was expected: set schema-registry.url to read it");
        final Schema accepted = foreign.get(id);
        if (accepted != null)
            return accepted;
        final Schema found = subject.get().ids().schema(id);
        final Schema ours = writers.get(SingleObject.fingerprint(found));
        if (ours == null)
            ForeignSchema.require(schema, found);
        if (foreign.size() >= MOST_FOREIGN)
            foreign.clear();
        foreign.put(id, ours == null ? found : ours);
        return ours == null ? found : ours;
    }

    private @Nullable Schema named(byte[] fingerprint) {
        final String digits = new String(fingerprint, StandardCharsets.ISO_8859_1);
        return digits.matches("[0-9a-f]{16}") ? writers.get(HexFormat.fromHexDigitsToLong(digits)) : null;
    }

    private T decodeSingleObject(byte[] value) throws UndecodableException {
        final long fingerprint = SingleObject.fingerprintOf(value, schema.getName());
        final Schema writer = writers.get(fingerprint);
        if (writer == null)
            throw new UndecodableException("a record with the unknown schema fingerprint "
                    + HexFormat.of().toHexDigits(fingerprint) + " where a " + schema.getName() + " was expected");
        return decode(value, SingleObject.HEADER_BYTES, writer);
    }

    /**
     * Decodes the record behind a Confluent header (a zero byte, a 4-byte schema id), where other programs write and no record header is
     * expected. Without a registry the record is expected to be written with the present schema, and its bytes are checked against
     * that schema.
     *
     * @throws UndecodableException if {@code value} has another framing, another schema, or missing or surplus bytes
     * @throws RuntimeException if a schema registry is needed and does not answer
     */
    public T decodeConfluent(byte[] value) throws UndecodableException {
        if (subject.isPresent())
            return decode(value);
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
