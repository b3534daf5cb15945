package retort.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

/** Reads topics that any program may write. {@link Broker#raw} has the contract. */
final class RawReader {
    /** A fetch of 1 MiB. Four fetches may be held for each partition, and a larger record arrives alone. */
    private static final FetchBudget BUDGET = FetchBudget.of(4 << 20, 1);

    private static final Duration TOPIC_INTERVAL = Duration.ofMillis(200);
    /** Number of looks for a topic that must be there, because it may have been made a moment ago. */
    private static final int MOST_ASKED = 10;

    private static final Logger LOG = LoggerFactory.getLogger(RawReader.class);

    private RawReader() {
    }

    static Flux<ConsumerRecord<byte[], byte[]>> read(Broker broker, String topic, RawPosition from, String name,
            Consumer<Optional<LiveTopic>> found) {
        return new RecordSource<>(name, broker, Map.of(), BUDGET, consumer -> {
            final LiveTopic present = present(broker, consumer, topic, from, found);
            consumer.used().add(present);
            final List<TopicPartition> partitions = partitions(topic, 0, present.partitions());
            consumer.assign(partitions);
            from.offsets().forEach((partition, offset) -> {
                if (partition < partitions.size())
                    consumer.seek(partitions.get(partition), offset);
            });
            fromBeginning(consumer, partitions.stream().filter(at -> !from.offsets().containsKey(at.partition())).toList());
            return new RecordSource.Opened<>(topic, partitions.size(), new ArrivalMerge<>(partitions.size(), record -> record),
                    (reader, read, now) -> grow(reader, topic, read, now));
        });
    }

    /**
     * Waits for the topic at the start.
     *
     * @throws TopicChangedException if the topic is not the one that {@code from} was saved for
     */
    private static LiveTopic present(Broker broker, OwnedConsumer consumer, String topic, RawPosition from,
            Consumer<Optional<LiveTopic>> found) {
        consumer.partitions(topic); // fails if no broker answers
        Optional<LiveTopic> present = consumer.find(topic);
        for (int asked = 1; present.isEmpty(); asked++) {
            if (asked >= MOST_ASKED && from.topicId().isPresent())
                throw TopicChangedException.sinceSaved(broker.kafka(), topic, from.topicId().get(), present);
            if (asked >= MOST_ASKED && !from.offsets().isEmpty())
                throw TopicChangedException.missing(broker.kafka().bootstrapServers(), topic);
            found.accept(present);
            consumer.rest(TOPIC_INTERVAL);
            present = consumer.find(topic);
        }
        if (LiveTopic.differ(from.topicId(), present.get().id()))
            throw TopicChangedException.sinceSaved(broker.kafka(), topic, from.topicId().orElseThrow(), present);
        found.accept(present);
        return present.get();
    }

    /** Reads partitions that were added while the topic is read, from their beginning. The others keep their positions. */
    private static int grow(OwnedConsumer consumer, String topic, int read, int present) {
        if (present <= read)
            return read;
        LOG.info("topic {} has {} partitions now: those from {} on are read, too, from their beginning", topic, present, read);
        consumer.assign(partitions(topic, 0, present));
        fromBeginning(consumer, partitions(topic, read, present));
        return present;
    }

    private static List<TopicPartition> partitions(String topic, int from, int to) {
        return IntStream.range(from, to).mapToObj(partition -> new TopicPartition(topic, partition)).toList();
    }

    private static void fromBeginning(OwnedConsumer consumer, List<TopicPartition> partitions) {
        if (!partitions.isEmpty()) // an empty list would mean all partitions
            consumer.seekToBeginning(partitions);
    }

    /** Kafka returns the metadata of a group only from a consumer. This consumer connects to nothing. */
    static ConsumerGroupMetadata group(KafkaSettings kafka, String group) {
        final Map<String, Object> properties = kafka.consumer(
                Map.of(ConsumerConfig.GROUP_ID_CONFIG, group, ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false));
        try (var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            return consumer.groupMetadata();
        }
    }
}
