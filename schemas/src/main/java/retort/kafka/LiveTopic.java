package retort.kafka;

import java.util.Optional;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;

/**
 * A topic as the cluster describes it.
 *
 * @param name the topic's name, with the prefix
 * @param id the id that the cluster gave the topic when it was created (KIP-516). A topic that is deleted and made again has another id.
 *     Empty for a cluster older than Kafka 2.8, which gives no ids
 * @param partitions number of partitions
 */
public record LiveTopic(String name, Optional<String> id, int partitions) {
    static LiveTopic of(TopicDescription found) {
        return new LiveTopic(found.name(),
                Optional.of(found.topicId()).filter(id -> !id.equals(Uuid.ZERO_UUID)).map(Uuid::toString),
                found.partitions().size());
    }

    /** True if both ids are known and differ, so that offsets and sequences of the one mean nothing in the other. */
    public static boolean differ(Optional<String> one, Optional<String> other) {
        return one.isPresent() && other.isPresent() && !one.equals(other);
    }
}
