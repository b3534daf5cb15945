package retort.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import retort.codec.UndecodableException;

/** Reads event topics. {@link Broker#follow} and {@link Broker#table} have the contracts. */
final class EventReader {
    /** A fetch of 2 MiB. It holds thousands of events, which are small, and it bounds the memory that a flood of events takes. */
    private static final FetchBudget BUDGET = FetchBudget.of(8 << 20, 1);

    private static final Duration TOPIC_INTERVAL = Duration.ofMillis(200);

    private EventReader() {
    }

    static <T extends SpecificRecord> Flux<Event<T>> read(Broker broker, Topic<T> topic, From from, IsolationLevel isolation,
            String name) {
        return new RecordSource<>(name, broker, Map.of(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.toString()), BUDGET,
                consumer -> open(consumer, topic, from, broker.undecodable()));
    }

    static <T extends SpecificRecord> Flux<Optional<Event<T>>> replay(Broker broker, Topic<T> topic, String name) {
        return new RecordSource<>(name, broker, Map.of(), BUDGET, consumer -> {
            final List<TopicPartition> partitions = assigned(consumer, topic, From.EARLIEST);
            final Map<Integer, Long> ends = partitions.stream()
                    .collect(Collectors.toMap(TopicPartition::partition, consumer::logEnd));
            return new RecordSource.Opened<>(topic.name(), partitions.size(),
                    new ReplayMerge<>(events(partitions.size(), topic, broker.undecodable()), ends,
                            partition -> consumer.position(new TopicPartition(topic.name(), partition))));
        });
    }

    private static <T extends SpecificRecord> RecordSource.Opened<Event<T>> open(OwnedConsumer consumer, Topic<T> topic,
            From from,
            Undecodable undecodable) {
        final int partitions = assigned(consumer, topic, from).size();
        return new RecordSource.Opened<>(topic.name(), partitions, events(partitions, topic, undecodable));
    }

    private static <T extends SpecificRecord> ArrivalMerge<Event<T>> events(int partitions, Topic<T> topic,
            Undecodable undecodable) {
        return new ArrivalMerge<>(partitions, record -> event(record, topic, undecodable));
    }

    /** Waits for the topic, assigns its partitions and seeks. */
    private static List<TopicPartition> assigned(OwnedConsumer consumer, Topic<?> topic, From from) {
        From start = from;
        List<PartitionInfo> found = consumer.partitions(topic.name());
        while (found.isEmpty()) {
            start = From.EARLIEST;
            consumer.rest(TOPIC_INTERVAL);
            found = consumer.partitions(topic.name());
        }
        final List<TopicPartition> partitions = found.stream().map(p -> new TopicPartition(topic.name(), p.partition())).toList();
        consumer.find(topic.name()).ifPresentOrElse(consumer.used()::add, () -> consumer.used().add(topic.name()));
        consumer.assign(partitions);
        if (start == From.EARLIEST)
            consumer.seekToBeginning(partitions);
        else
            consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position); // resolves the end now instead of with the first fetch
        return partitions;
    }

    /** @return the event, or null if it cannot be decoded */
    private static <T extends SpecificRecord> @Nullable Event<T> event(ConsumerRecord<byte[], byte[]> record, Topic<T> topic,
            Undecodable undecodable) {
        try {
            final T value = topic.value(record);
            return new Event<>(key(record), value, record.partition(), record.offset(),
                    Instant.ofEpochMilli(record.timestamp()));
        } catch (UndecodableException e) {
            reject(undecodable, record, e);
            return null;
        }
    }

    static <T extends SpecificRecord> Map<String, T> table(Broker broker, Topic<T> topic, Predicate<String> keys) {
        final Map<String, T> table = new LinkedHashMap<>();
        forEach(broker, topic, record -> {
            if (keys.test(key(record)))
                put(table, record, topic, broker.undecodable());
        });
        return table;
    }

    static Set<String> keys(Broker broker, Topic<?> topic) {
        final Set<String> keys = new LinkedHashSet<>();
        forEach(broker, topic, record -> {
            if (record.value() == null)
                keys.remove(key(record));
            else
                keys.add(key(record));
        });
        return keys;
    }

    private static void forEach(Broker broker, Topic<?> topic, Consumer<ConsumerRecord<byte[], byte[]>> visitor) {
        LogScan.in(broker, topic.name(), BUDGET.fetchBytes(), scan -> {
            final List<TopicPartition> partitions = scan.partitions(topic.name());
            for (final TopicPartition partition : partitions)
                scan.forEach(partition, scan.start(partition), scan.writtenEnd(partition), visitor);
            return partitions.size();
        });
    }

    private static <T extends SpecificRecord> void put(Map<String, T> table, ConsumerRecord<byte[], byte[]> record,
            Topic<T> topic,
            Undecodable undecodable) {
        try {
            final T value = topic.value(record);
            if (value == null)
                table.remove(key(record));
            else
                table.put(key(record), value);
        } catch (UndecodableException e) {
            reject(undecodable, record, e);
        }
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
    }

    private static void reject(Undecodable undecodable, ConsumerRecord<byte[], byte[]> record, UndecodableException why) {
        undecodable.rejected(record.topic(), key(record), record.topic() + "-" + record.partition() + "@" + record.offset(),
                String.valueOf(why.getMessage()));
    }
}
