package retort.ingest.source.raw;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import retort.kafka.LiveTopic;
import retort.kafka.RawPosition;

/**
 * The position in a raw topic. It is the topic's id and the next offset of each partition, written as JSON,
 * {@code {"topic":"lYTp2l5qTQC1jLjmgSbnLA","0":17,"2":4}}. Partitions of which nothing was read yet are left out. Release 1 left out the
 * id. Confined to the reader's thread.
 */
final class Offsets {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TOPIC = "topic";
    private static final Pattern PARTITION = Pattern.compile("\\d{1,9}");

    private final TreeMap<Integer, Long> next;
    private Optional<String> topicId;

    private Offsets(Map<Integer, Long> next, Optional<String> topicId) {
        this.next = new TreeMap<>(next);
        this.topicId = topicId;
    }

    static Offsets none() {
        return new Offsets(Map.of(), Optional.empty());
    }

    /** @throws IllegalArgumentException if the text is no such position */
    static Offsets parse(String position) {
        try {
            if (JSON.readTree(position) instanceof final ObjectNode object) {
                final Optional<JsonNode> id = Optional.ofNullable(object.remove(TOPIC));
                if (id.stream().allMatch(JsonNode::isTextual) && object.properties().stream()
                        .allMatch(each -> PARTITION.matcher(each.getKey()).matches() && isOffset(each.getValue()))) {
                    final Map<Integer, Long> next = new TreeMap<>();
                    object.properties().forEach(each -> next.put(Integer.valueOf(each.getKey()), each.getValue().asLong()));
                    return new Offsets(next, id.map(JsonNode::asText));
                }
            }
        } catch (JsonProcessingException e) {
            // reported below
        }
        throw new IllegalArgumentException("'" + position + "' is no position in a raw topic, such as {\"0\":17}");
    }

    private static boolean isOffset(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToLong() && value.asLong() >= 0;
    }

    /** Notes that the offsets are in {@code topic}. */
    void in(LiveTopic topic) {
        topicId = topic.id();
    }

    /** Adds {@code record} to this position and returns this position. */
    Offsets after(ConsumerRecord<?, ?> record) {
        next.put(record.partition(), record.offset() + 1);
        return this;
    }

    RawPosition position() {
        return new RawPosition(next, topicId);
    }

    @Override
    public String toString() {
        final ObjectNode object = JSON.createObjectNode();
        topicId.ifPresent(id -> object.put(TOPIC, id));
        next.forEach((partition, offset) -> object.put(partition.toString(), offset));
        return object.toString();
    }
}
