package retort.compose.topics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InterruptException;
import retort.kafka.Broker;

/**
 * A topic as the broker describes it.
 *
 * @param name the topic's name, with the prefix
 * @param first the first offset of each partition
 * @param end one past the last offset of each partition
 * @param config the topic's settings, as the broker reports them
 */
record TopicState(String name, SortedMap<Integer, Long> first, SortedMap<Integer, Long> end, Config config) {
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    /** All topics with the prefix, by name. @throws retort.kafka.BrokerUnreachableException if no broker answers in time */
    static Map<String, TopicState> ofAll(Broker broker) {
        return broker.withTimeout(TIMEOUT).ask(admin -> {
            final List<String> names = answer(admin.listTopics().names()).stream()
                    .filter(name -> name.startsWith(broker.topics().prefix())).toList();
            final Map<String, TopicDescription> topics = answer(admin.describeTopics(names).allTopicNames());
            final Map<ConfigResource, Config> configs = answer(
                    admin.describeConfigs(names.stream().map(TopicState::resource).toList()).all());
            final Map<TopicPartition, Long> first = offsets(admin, topics, OffsetSpec.earliest());
            final Map<TopicPartition, Long> end = offsets(admin, topics, OffsetSpec.latest());
            final Map<String, TopicState> states = new TreeMap<>();
            for (final String name : names) {
                final Config config = configs.get(resource(name));
                states.put(name,
                        new TopicState(name, of(name, first), of(name, end), config == null ? new Config(List.of()) : config));
            }
            return states;
        });
    }

    /** The lines of this topic in the table of topics, one for each partition. */
    List<String> lines() {
        final List<String> lines = new ArrayList<>();
        first.forEach((partition, offset) -> lines
                .add("%-36s %10s %14d %14d  %s".formatted(name, partition + "/" + first.size(), offset,
                        end.getOrDefault(partition, -1L), kept())));
        return lines;
    }

    /** The settings that differ from the broker's defaults, in parentheses. */
    String settings() {
        return config.entries().stream().filter(entry -> entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG)
                .map(entry -> entry.name() + "=" + (entry.isSensitive() ? "********" : entry.value())).sorted()
                .collect(Collectors.joining(", ", " (", ")"));
    }

    private String kept() {
        if ("compact".equals(value("cleanup.policy")))
            return "latest of each key";
        final String bytes = value("retention.bytes");
        final String millis = value("retention.ms");
        return ("-1".equals(bytes) ? "any size" : bytes + " bytes a partition") + ", "
                + ("-1".equals(millis) ? "any time" : Long.parseLong(millis) / 3_600_000 + " h");
    }

    private String value(String key) {
        final ConfigEntry entry = config.get(key);
        return entry == null || entry.value() == null ? "-1" : entry.value();
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    private static Map<TopicPartition, Long> offsets(Admin admin, Map<String, TopicDescription> topics, OffsetSpec spec) {
        final Map<TopicPartition, Long> offsets = new java.util.HashMap<>();
        answer(admin.listOffsets(topics.values().stream()
                .flatMap(topic -> topic.partitions().stream().map(at -> new TopicPartition(topic.name(), at.partition())))
                .collect(Collectors.toMap(Function.identity(), at -> spec))).all())
                .forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }

    private static SortedMap<Integer, Long> of(String topic, Map<TopicPartition, Long> offsets) {
        final SortedMap<Integer, Long> own = new TreeMap<>();
        offsets.forEach((partition, offset) -> {
            if (partition.topic().equals(topic))
                own.put(partition.partition(), offset);
        });
        return own;
    }

    private static <R> R answer(KafkaFuture<R> asked) {
        try {
            return asked.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException failure ? failure : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
