package retort.compose.topics;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import retort.kafka.Broker;

/** Prints the committed records of topics, each as one line of JSON. It joins no consumer group. One thread uses it and closes it. */
final class TopicRecords implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final Broker broker;
    private final RecordJson json;
    private final KafkaConsumer<byte[], byte[]> consumer;

    TopicRecords(Broker broker) {
        this.broker = broker;
        this.json = new RecordJson(broker.topics());
        this.consumer = new KafkaConsumer<>(broker.kafka().with(Map.of(
                ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false,
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1 << 20)), new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /**
     * Prints the records of every partition up to the end that the partition has when the call begins.
     *
     * @param last number of offsets before the end at which reading begins; transaction markers and records of aborted transactions
     *     take offsets, too
     * @throws TimeoutException if the broker sends no record for the length of the broker's timeout
     */
    void print(TopicState topic, long last, Consumer<String> line) {
        final List<TopicPartition> partitions = topic.first().keySet().stream().map(at -> new TopicPartition(topic.name(), at))
                .toList();
        final Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions, broker.timeout()));
        for (final TopicPartition partition : partitions) {
            final long end = ends.getOrDefault(partition, 0L);
            consumer.assign(List.of(partition));
            consumer.seek(partition, Math.max(topic.first().getOrDefault(partition.partition(), 0L), end - last));
            long deadline = System.nanoTime() + broker.timeout().toNanos();
            for (long at = consumer.position(partition); at < end; at = consumer.position(partition)) {
                consumer.poll(POLL).records(partition).stream().filter(record -> record.offset() < end)
                        .forEach(record -> line.accept(json.line(record)));
                if (consumer.position(partition) > at)
                    deadline = System.nanoTime() + broker.timeout().toNanos();
                else if (System.nanoTime() - deadline > 0)
                    throw new TimeoutException(
                            "the broker at " + broker.kafka().bootstrapServers() + " sends no record of " + partition
                                    + " from offset " + at + " on, although it has records up to " + end);
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
