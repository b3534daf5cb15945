package retort.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import reactor.core.publisher.Flux;

/** Reads topics that any program may write. {@link Broker#raw} has the contract. */
final class RawReader {
    /** A fetch of 1 MiB. Four fetches may be held for each partition, and a larger record arrives alone. */
    private static final FetchBudget BUDGET = FetchBudget.of(4 << 20, 1);

    private static final Duration TOPIC_INTERVAL = Duration.ofMillis(200);

    private RawReader() {
    }

    static Flux<ConsumerRecord<byte[], byte[]>> read(Broker broker, String topic, Map<Integer, Long> offsets, String name) {
        return new RecordSource<>(name, broker, Map.of(), BUDGET, consumer -> open(consumer, topic, offsets));
    }

    /** Kafka returns the metadata of a group only from a consumer. This consumer connects to nothing. */
    static ConsumerGroupMetadata group(KafkaSettings kafka, String group) {
        final Map<String, Object> properties = kafka.consumer(
                Map.of(ConsumerConfig.GROUP_ID_CONFIG, group, ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false));
        try (var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            return consumer.groupMetadata();
        }
    }

    private static RecordSource.Opened<ConsumerRecord<byte[], byte[]>> open(OwnedConsumer consumer, String topic,
            Map<Integer, Long> offsets) {
        List<PartitionInfo> found = consumer.partitions(topic);
        while (found.isEmpty()) {
            consumer.rest(TOPIC_INTERVAL);
            found = consumer.partitions(topic);
        }
        final List<TopicPartition> partitions = found.stream().map(p -> new TopicPartition(topic, p.partition())).toList();
        consumer.assign(partitions);
        final List<TopicPartition> fromStart = new ArrayList<>();
        for (final TopicPartition partition : partitions) {
            final Long offset = offsets.get(partition.partition());
            if (offset == null)
                fromStart.add(partition);
            else
                consumer.seek(partition, offset);
        }
        if (!fromStart.isEmpty()) // an empty list would mean all partitions
            consumer.seekToBeginning(fromStart);
        return new RecordSource.Opened<>(topic, partitions.size(), new ArrivalMerge<>(partitions.size(), record -> record));
    }
}
