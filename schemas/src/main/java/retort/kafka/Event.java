package retort.kafka;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One event of a topic.
 *
 * @param key the record's key, empty if it has none
 * @param value the decoded value, null for a tombstone
 * @param partition partition of the topic that holds the record
 * @param offset the record's offset in that partition
 * @param at the record's timestamp
 */
public record Event<T>(String key, @Nullable T value, int partition, long offset, Instant at) {
}
