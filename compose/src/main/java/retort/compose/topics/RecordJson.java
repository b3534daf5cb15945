package retort.compose.topics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import retort.codec.ImageBatchView;
import retort.codec.UndecodableException;
import retort.kafka.Topic;
import retort.kafka.Topics;

/**
 * Writes a record as one line of JSON: partition, offset, time, key, and the value that Retort's codec decodes. A batch of images has
 * all fields except the pixels, which are given as their number of bytes. Bytes in an event, such as a picture, and other bytes are given as
 * their number, too. If a value cannot
 * be decoded, the line has {@code error} instead of {@code value}. Immutable, so any thread may use it.
 */
final class RecordJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, Topic<?>> topics = new HashMap<>();
    private final String images;

    RecordJson(Topics topics) {
        for (final Topic<?> topic : topics.events())
            this.topics.put(topic.name(), topic);
        this.images = topics.images("");
    }

    String line(ConsumerRecord<byte[], byte[]> record) {
        final ObjectNode line = JSON.createObjectNode().put("partition", record.partition()).put("offset", record.offset())
                .put("at", Instant.ofEpochMilli(record.timestamp()).toString()).put("key", text(record.key()));
        if (record.headers().iterator().hasNext()) {
            final ObjectNode headers = line.putObject("headers");
            for (final Header header : record.headers())
                headers.put(header.key(), text(header.value()));
        }
        try {
            line.set("value", value(record));
        } catch (UndecodableException | JsonProcessingException e) {
            line.put("error", e.getMessage());
        }
        return line.toString();
    }

    private JsonNode value(ConsumerRecord<byte[], byte[]> record) throws UndecodableException, JsonProcessingException {
        if (record.value() == null)
            return JSON.nullNode(); // a tombstone
        final Topic<?> topic = topics.get(record.topic());
        if (topic != null)
            return event(topic, record);
        return record.topic().startsWith(images)
                ? batch(ImageBatchView.of(record.value()))
                : JSON.createObjectNode().put("bytes", record.value().length);
    }

    private static JsonNode event(Topic<?> topic, ConsumerRecord<byte[], byte[]> record)
            throws UndecodableException, JsonProcessingException {
        final SpecificRecord event = Objects.requireNonNull(topic.value(record));
        final ObjectNode json = (ObjectNode) JSON.readTree(event.toString()); // Avro writes JSON; numbers that are not finite become text
        for (final Schema.Field field : event.getSchema().getFields())
            if (event.get(field.pos()) instanceof ByteBuffer bytes)
                json.put(field.name(), bytes.remaining());
        return json;
    }

    private static JsonNode batch(ImageBatchView batch) {
        return JSON.createObjectNode().put("stream", batch.stream()).put("epoch", batch.epoch()).put("sequence", batch.sequence())
                .put("count", batch.count()).put("height", batch.height()).put("width", batch.width())
                .put("channels", batch.channels()).putPOJO("labels", batch.labels()).putPOJO("sampleIds", batch.sampleIds())
                .put("pixelBytes", batch.pixels().remaining());
    }

    private static @Nullable String text(byte @Nullable [] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }
}
