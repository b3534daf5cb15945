package retort.kafka;

import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * The place of a follower of an event topic, kept in the cluster as the offset of a group that no consumer joins. Events before it were dealt
 * with. Blocks, within the broker's timeout. Any thread may use it, but only one process may write it.
 */
public final class GroupOffset {
    private final Broker broker;
    private final String group;
    private final TopicPartition partition;

    /** @param group the cluster knows the group as the prefix and this name */
    public GroupOffset(Broker broker, String group, Topic<?> topic) {
        this.broker = broker;
        this.group = broker.global(group);
        this.partition = new TopicPartition(topic.name(), 0);
    }

    /** The offset of the first event that was not dealt with; empty if none was ever written. */
    public OptionalLong read() {
        return broker.ask(admin -> {
            final OffsetAndMetadata found = Broker
                    .await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()).get(partition);
            return found == null ? OptionalLong.empty() : OptionalLong.of(found.offset());
        });
    }

    /** Keeps an offset. */
    public void write(long offset) {
        broker.ask(admin -> Broker.await(
                admin.alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(offset))).all()));
    }

    /** The offset behind the last committed event of the topic. */
    public long end() {
        return broker.ask(admin -> Objects.requireNonNull(Broker.await(admin.listOffsets(Map.of(partition, OffsetSpec.latest()),
                new ListOffsetsOptions(IsolationLevel.READ_COMMITTED)).all()).get(partition)).offset());
    }
}
