package retort.kafka;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One event of a topic.
 *
 * @param key the record's key, empty where it has none
 * @param value null for a tombstone
 * @param at the record's timestamp
 */
public record Event<T>(String key, @Nullable T value, int partition, long offset, Instant at) {
}
