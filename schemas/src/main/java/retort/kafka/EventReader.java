package retort.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import retort.codec.EventCodec;
import retort.codec.UndecodableException;

/** Reads event topics: progress, checkpoints, evaluations, positions, streams. */
public final class EventReader {
    /** Events are small; this is plenty, and bounds what a flood of them may take. */
    private static final FetchBudget BUDGET = FetchBudget.of(8 << 20, 1);

    private static final Duration TOPIC_INTERVAL = Duration.ofMillis(200);

    /** Where reading begins. */
    public enum From {
        EARLIEST, LATEST
    }

    private EventReader() {
    }

    /**
     * Events of every partition, from {@code from} on, endless, in partition order. An event that cannot be decoded goes to
     * {@code rejected} (it is called on the reading thread) and is skipped. Threads, demand and cancel as in
     * {@link StreamReader#read}. A topic that does not exist yet is waited for, and then read from its beginning.
     */
    public static <T extends SpecificRecord> Flux<Event<T>> read(KafkaSettings kafka, String topic, EventCodec<T> codec,
            From from,
            IsolationLevel isolation, Undecodable rejected, String name) {
        return new RecordSource<>(name, kafka, Map.of(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.toString()), BUDGET,
                consumer -> open(consumer, topic, codec, from, rejected));
    }

    private static <T extends SpecificRecord> RecordSource.Opened<Event<T>> open(OwnedConsumer consumer, String topic,
            EventCodec<T> codec, From from, Undecodable rejected) {
        From start = from;
        List<PartitionInfo> found = consumer.partitions(topic);
        while (found.isEmpty()) {
            start = From.EARLIEST;
            consumer.rest(TOPIC_INTERVAL);
            found = consumer.partitions(topic);
        }
        final List<TopicPartition> partitions = found.stream().map(p -> new TopicPartition(topic, p.partition())).toList();
        consumer.assign(partitions);
        if (start == From.EARLIEST)
            consumer.seekToBeginning(partitions);
        else
            consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position); // the end is the one of now, not the one of the first fetch
        return new RecordSource.Opened<>(topic, partitions.size(),
                new ArrivalMerge<>(partitions.size(), record -> event(record, codec, rejected)));
    }

    /** Null for one that was set aside. */
    private static <T extends SpecificRecord> @Nullable Event<T> event(ConsumerRecord<byte[], byte[]> record,
            EventCodec<T> codec, Undecodable rejected) {
        try {
            final T value = record.value() == null ? null : codec.decode(record.value());
            return new Event<>(key(record), value, record.partition(), record.offset(),
                    Instant.ofEpochMilli(record.timestamp()));
        } catch (UndecodableException e) {
            reject(rejected, record, e);
            return null;
        }
    }

    /**
     * The latest committed value of every key, read to the topic's present end; tombstones remove. Blocks the caller, also until
     * every transaction that is open now is decided. Empty for a topic that does not exist.
     *
     * @throws BrokerUnreachableException when no broker answers within {@code timeout}
     * @throws org.apache.kafka.common.errors.TimeoutException when it does not let the topic be read to its end within it
     */
    public static <T extends SpecificRecord> Map<String, T> table(KafkaSettings kafka, String topic, EventCodec<T> codec,
            Undecodable rejected, Duration timeout) {
        final Map<String, T> table = new LinkedHashMap<>();
        try (LogScan scan = new LogScan(kafka, timeout, BUDGET.fetchBytes())) {
            for (final TopicPartition partition : scan.partitions(topic))
                scan.forEach(partition, scan.start(partition), scan.writtenEnd(partition),
                        record -> put(table, record, codec, rejected));
        }
        return table;
    }

    private static <T extends SpecificRecord> void put(Map<String, T> table, ConsumerRecord<byte[], byte[]> record,
            EventCodec<T> codec, Undecodable rejected) {
        if (record.value() == null) {
            table.remove(key(record));
            return;
        }
        try {
            table.put(key(record), codec.decode(record.value()));
        } catch (UndecodableException e) {
            reject(rejected, record, e);
        }
    }

    static String key(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
    }

    static void reject(Undecodable rejected, ConsumerRecord<byte[], byte[]> record, UndecodableException why) {
        rejected.rejected(key(record), record.topic() + "-" + record.partition() + "@" + record.offset(),
                String.valueOf(why.getMessage()));
    }
}
