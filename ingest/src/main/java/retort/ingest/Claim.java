package retort.ingest;

import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import retort.ingest.settings.IngestSettings;
import retort.ingest.source.DataSource;
import retort.ingest.source.UnboundedSource;
import retort.kafka.Broker;
import retort.kafka.Share;

/**
 * The partitions that this process publishes: those of the settings, or its share of a group until the group changes. Immutable.
 *
 * @param share this member's share; {@link Share#WHOLE} without a group
 */
record Claim(IngestSettings settings, Share share) {
    /** The group's name, behind the prefix, is {@code ingest.} and {@code ingest.group}. */
    static final String GROUP = "ingest.";

    /** True if other processes may own the other partitions, and take these over. */
    boolean isShared() {
        return settings.group().isPresent();
    }

    /** The owned partitions of the stream of a source. Empty if all belong to other members. One member owns a source without an end. */
    Set<Integer> partitions(DataSource source) {
        if (!isShared())
            return settings.partitionsOwned();
        if (source instanceof UnboundedSource)
            return share.index() == 0 ? settings.allPartitions() : Set.of();
        return settings.allPartitions().stream().filter(partition -> partition % share.members() == share.index())
                .collect(Collectors.toSet());
    }

    /** The transactional id for a stream, behind the prefix. A newer process with the same id fences an older one. */
    String transactionalId(String stream) {
        if (isShared())
            return "ingest." + stream + "." + settings.id();
        return "ingest." + stream + "." + (settings.partitionsOwned().size() == settings.partitions()
                ? "all"
                : new TreeSet<>(settings.partitionsOwned()).stream().map(String::valueOf).collect(Collectors.joining("-")));
    }

    /** A part of each transaction, which fails it if the group has changed since. */
    Consumer<Producer<byte[], byte[]>> fencing(String topic, Set<Integer> partitions) {
        return share.fencing(of(topic, partitions));
    }

    /** Waits until transactions of former owners of these partitions are decided. Blocks. */
    void awaitFormerOwners(Broker broker, String topic, Set<Integer> partitions) {
        settings.group().ifPresent(
                group -> broker.awaitDecided(GROUP + group, of(topic, partitions), "ingest-claim-" + settings.id()));
    }

    private static Set<TopicPartition> of(String topic, Set<Integer> partitions) {
        return partitions.stream().map(partition -> new TopicPartition(topic, partition)).collect(Collectors.toSet());
    }
}
