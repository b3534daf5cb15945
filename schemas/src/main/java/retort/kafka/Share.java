package retort.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;

/**
 * The part of the work that belongs to one member of a group, until the group changes. Each key belongs to exactly one member. Immutable,
 * so any thread may use it.
 *
 * @param index number of this member, from 0
 * @param members number of members
 * @param fence makes a transaction fail if the group has changed since; empty for a member without a group
 */
public record Share(int index, int members, Optional<Fence> fence) {
    /** Everything belongs to one process, which has no group. */
    public static final Share WHOLE = new Share(0, 1, Optional.empty());

    /**
     * The generation of the group in which the share was given.
     *
     * @param generation metadata of the member
     * @param partition a partition whose group offset the transaction writes, because the broker then checks the generation; the offset
     *     itself means nothing
     */
    public record Fence(ConsumerGroupMetadata generation, TopicPartition partition) {
    }

    /** True if {@code key} belongs to this member. */
    public boolean has(String key) {
        return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % members == index;
    }

    /**
     * A part of a transaction, for {@link RecordSink#sendAll(java.util.List, Consumer)}. It fails the transaction with
     * {@link org.apache.kafka.clients.consumer.CommitFailedException} if the group has changed since this share was given.
     */
    public Consumer<Producer<byte[], byte[]>> fencing() {
        return producer -> fence.ifPresent(own -> send(producer, Set.of(own.partition()), own.generation()));
    }

    /**
     * A part of a transaction, as {@link #fencing()}, for members that publish all the time. Each writes the group's offsets of partitions
     * that it alone publishes to, so that {@link Broker#awaitDecided} waits for former owners of these partitions and for nobody else.
     */
    public Consumer<Producer<byte[], byte[]>> fencing(Collection<TopicPartition> partitions) {
        return producer -> fence.ifPresent(own -> send(producer, partitions, own.generation()));
    }

    private static void send(Producer<byte[], byte[]> producer, Collection<TopicPartition> partitions,
            ConsumerGroupMetadata generation) {
        producer.sendOffsetsToTransaction(
                partitions.stream().collect(Collectors.toMap(partition -> partition, _ -> new OffsetAndMetadata(0))), generation);
    }
}
