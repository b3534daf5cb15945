package retort.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import retort.thread.Worker;

/**
 * The membership of this process in a group that shares work by key. {@link Broker#share} has the contract. One consumer on the thread
 * {@code retort-group-NAME} keeps the membership alive; it fetches no records.
 */
final class GroupMember {
    private static final Logger LOG = LoggerFactory.getLogger(GroupMember.class);
    private static final Duration POLL = Duration.ofMillis(200);
    /** A member that is silent for this long is dead, and the others take its work over. */
    static final Duration SESSION = Duration.ofSeconds(10);

    private final Broker broker;
    private final String group;
    private final TopicPartition partition;
    private final FluxSink<Share> shares;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private int @Nullable [] given;

    private GroupMember(Broker broker, String group, Topic<?> topic, String name, FluxSink<Share> shares) {
        this.broker = broker;
        this.group = broker.global(group);
        this.partition = new TopicPartition(topic.name(), 0);
        this.shares = shares;
        final Map<String, Object> properties = broker.kafka().consumer(ConsumerSettings.reading(FetchBudget.of(1 << 20, 1)));
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, broker.global(name));
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, this.group);
        properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, Math.toIntExact(SESSION.toMillis()));
        properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, Math.toIntExact(SESSION.dividedBy(5).toMillis()));
        properties.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, List.of(ShareAssignor.class));
        final BiConsumer<Integer, Integer> listener = (index, members) -> given = new int[]{index, members};
        properties.put(ShareAssignor.LISTENER, listener);
        this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    static Flux<Share> join(Broker broker, String group, Topic<?> topic, String name) {
        return Flux.create(shares -> {
            final GroupMember member = new GroupMember(broker, group, topic, name, shares);
            shares.onDispose(member.consumer::wakeup);
            Worker.running("retort-group-" + name, member::run);
        }, FluxSink.OverflowStrategy.LATEST);
    }

    /** {@link Broker#awaitDecided} has the contract. A consumer that joins no group asks for its offsets. */
    static void awaitDecided(Broker broker, String group, Set<TopicPartition> partitions, String name) {
        final Map<String, Object> properties = broker.kafka().consumer(ConsumerSettings.reading(FetchBudget.of(1 << 20, 1)));
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, broker.global(name));
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, broker.global(group));
        final KafkaConsumer<byte[], byte[]> asking = new KafkaConsumer<>(properties, new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        try {
            asking.committed(partitions);
        } catch (KafkaException e) {
            throw Sentences.explainAnswer(broker.kafka(), Attempt.read(partitions.iterator().next().topic()), e);
        } finally {
            asking.close(CloseOptions.timeout(ConsumerSettings.CLOSING));
        }
    }

    private void run() {
        try {
            consumer.subscribe(List.of(partition.topic()));
            while (!shares.isCancelled()) {
                consumer.poll(POLL);
                if (given != null)
                    tell(given);
            }
        } catch (WakeupException e) {
            LOG.debug("this process leaves group {}", group);
        } catch (KafkaException e) {
            shares.error(Sentences.explainAnswer(broker.kafka(), Attempt.read(partition.topic()), e));
        } finally {
            consumer.close(CloseOptions.timeout(ConsumerSettings.CLOSING));
        }
    }

    /**
     * Tells the subscriber its share. First it asks for the group's offset, because the broker answers only when the transactions of members
     * of earlier generations are decided. So whoever reads a topic after that sees everything that they have published.
     */
    private void tell(int[] numbers) {
        given = null;
        consumer.committed(Set.of(partition));
        LOG.info("group {} has {} members; this process is number {}", group, numbers[1], numbers[0] + 1);
        shares.next(new Share(numbers[0], numbers[1], Optional.of(new Share.Fence(consumer.groupMetadata(), partition))));
    }
}
