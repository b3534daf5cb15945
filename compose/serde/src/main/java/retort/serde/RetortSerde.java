package retort.serde;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kafbat.ui.serde.api.DeserializeResult;
import io.kafbat.ui.serde.api.PropertyResolver;
import io.kafbat.ui.serde.api.RecordHeader;
import io.kafbat.ui.serde.api.RecordHeaders;
import io.kafbat.ui.serde.api.SchemaDescription;
import io.kafbat.ui.serde.api.Serde;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Shows the value of a record as JSON: in Avro's single-object encoding by the fingerprint in its first bytes, in the Confluent framing by
 * the record header {@code avro-fingerprint}. Bytes, such as pixels and pictures, are given as their number. Immutable after it is made; any
 * thread.
 */
public final class RetortSerde implements Serde {
    private static final List<String> RECORDS = List.of("CheckpointReady", "Evaluation", "ImageBatch", "IngestPosition",
            "Picture",
            "Promotion", "RawImage", "Rejected", "Stream", "TrainingProgress");
    private static final List<String> RELEASES = List.of("present", "released/1");
    private static final int SINGLE_OBJECT_HEADER = 10;
    private static final int CONFLUENT_HEADER = 5;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Every schema that Retort has written, by its fingerprint. */
    private final Map<Long, Schema> schemas = new HashMap<>();

    /** Reads the schemas in this jar. kafka-ui calls it. */
    public RetortSerde() {
        for (final String release : RELEASES)
            for (final String name : RECORDS)
                try (InputStream file = RetortSerde.class.getResourceAsStream(release + "/" + name + ".avsc")) {
                    if (file != null) {
                        final Schema schema = new Schema.Parser().parse(file);
                        schemas.put(SchemaNormalization.parsingFingerprint64(schema), schema);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
    }

    @Override
    public void configure(PropertyResolver serde, PropertyResolver cluster, PropertyResolver global) {
        // there is nothing to configure
    }

    @Override
    public Optional<String> getDescription() {
        return Optional.of("Records of Retort, in Avro's single-object encoding or in the Confluent framing");
    }

    @Override
    public Optional<SchemaDescription> getSchema(String topic, Target target) {
        return Optional.empty();
    }

    @Override
    public boolean canDeserialize(String topic, Target target) {
        return target == Target.VALUE;
    }

    @Override
    public boolean canSerialize(String topic, Target target) {
        return false;
    }

    @Override
    public Serializer serializer(String topic, Target target) {
        throw new UnsupportedOperationException("this serde reads only");
    }

    /** The result is JSON. Bytes that are no record of Retort give an IllegalArgumentException, and kafka-ui then shows them as they are. */
    @Override
    public Deserializer deserializer(String topic, Target target) {
        return (headers, value) -> new DeserializeResult(json(value, fingerprint(headers)), DeserializeResult.Type.JSON,
                Map.of());
    }

    private String json(byte[] value, @Nullable Long header) {
        final boolean single = value.length >= SINGLE_OBJECT_HEADER && value[0] == (byte) 0xC3 && value[1] == 1;
        final boolean confluent = value.length >= CONFLUENT_HEADER && value[0] == 0;
        final Long fingerprint = single
                ? (Long) ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getLong(2)
                : confluent ? header : null;
        final Schema schema = fingerprint == null ? null : schemas.get(fingerprint);
        if (schema == null)
            throw new IllegalArgumentException(value.length + " bytes that are no record of this release of Retort");
        final int start = single ? SINGLE_OBJECT_HEADER : CONFLUENT_HEADER;
        try {
            final GenericRecord record = new GenericDatumReader<GenericRecord>(schema).read(null,
                    DecoderFactory.get().binaryDecoder(value, start, value.length - start, null));
            final Map<String, Integer> bytes = new HashMap<>();
            for (final Schema.Field field : schema.getFields())
                if (record.get(field.pos()) instanceof ByteBuffer held) {
                    bytes.put(field.name(), held.remaining());
                    record.put(field.pos(), ByteBuffer.allocate(0));
                }
            final ObjectNode json = (ObjectNode) JSON.readTree(record.toString());
            bytes.forEach(json::put);
            return json.toString();
        } catch (IOException | RuntimeException e) { // Avro throws exceptions of any type for bytes that it cannot read
            throw new IllegalArgumentException(value.length + " bytes that are no " + schema.getName() + ": " + e.getMessage(),
                    e);
        }
    }

    private static @Nullable Long fingerprint(RecordHeaders headers) {
        Long found = null;
        for (final RecordHeader header : headers)
            if (header.key().equals("avro-fingerprint") && header.value() != null) {
                final String digits = new String(header.value(), StandardCharsets.ISO_8859_1);
                found = digits.matches("[0-9a-f]{16}") ? (Long) HexFormat.fromHexDigitsToLong(digits) : null;
            }
        return found;
    }
}
