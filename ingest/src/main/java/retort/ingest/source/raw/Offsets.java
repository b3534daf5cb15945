package retort.ingest.source.raw;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The position in a raw topic. It is the next offset of each partition, written as JSON, {@code {"0":17,"2":4}}. Partitions of which
 * nothing was read yet are left out. Confined to the reader's thread.
 */
final class Offsets {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TreeMap<Integer, Long> next;

    private Offsets(Map<Integer, Long> next) {
        this.next = new TreeMap<>(next);
    }

    static Offsets none() {
        return new Offsets(Map.of());
    }

    /** @throws IllegalArgumentException if the text is no such position */
    static Offsets parse(String position) {
        try {
            final Map<Integer, Long> next = JSON.readValue(position, new TypeReference<>() {
            });
            if (next != null && next.entrySet().stream()
                    .allMatch(entry -> entry.getKey() >= 0 && entry.getValue() != null && entry.getValue() >= 0))
                return new Offsets(next);
        } catch (JsonProcessingException e) {
            // reported below
        }
        throw new IllegalArgumentException("'" + position + "' is no position in a raw topic, such as {\"0\":17}");
    }

    /** Adds {@code record} to this position and returns this position. */
    Offsets after(ConsumerRecord<?, ?> record) {
        next.put(record.partition(), record.offset() + 1);
        return this;
    }

    Map<Integer, Long> next() {
        return Map.copyOf(next);
    }

    @Override
    public String toString() {
        return next.entrySet().stream().map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }
}
