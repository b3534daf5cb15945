package retort.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import reactor.core.publisher.Flux;
import retort.record.Stream;

/** Reads the batches of a stream in sequence order. */
public final class StreamReader {
    private StreamReader() {
    }

    /**
     * Records of {@code images.<stream>} from {@code from} on, merged over its partitions by sequence. A repeated sequence is
     * dropped. Demand is counted in records; what is fetched ahead of it is bounded by {@code budgetBytes}, divided by
     * partition, and the partition that owes the next sequence is never paused. {@code read_committed}, {@code assign} and
     * {@code seek}, no group. Cold: each subscriber gets a consumer and a thread ({@code retort-source-NAME}) of its own and
     * is called on that thread; cancelling closes the consumer.
     * <p>
     * Completes after {@code lastSequence} where that is given. Fails with {@link StreamGapException} for a gap or an
     * undecodable record, and with {@link PositionOutOfRangeException} where retention has outrun {@code from}.
     *
     * @param name names the thread and the client id
     */
    public static Flux<BatchRecord> read(KafkaSettings kafka, Topics topics, Stream stream, StreamPosition from,
            OptionalLong lastSequence, long budgetBytes, String name) {
        return source(kafka, topics, stream, from, lastSequence, budgetBytes, name);
    }

    static RecordSource<BatchRecord> source(KafkaSettings kafka, Topics topics, Stream stream, StreamPosition from,
            OptionalLong lastSequence, long budgetBytes, String name) {
        return new RecordSource<>(name, kafka, Map.of(), FetchBudget.of(budgetBytes, stream.getPartitions()),
                consumer -> open(consumer, topics.images(stream.getName()), stream, from, lastSequence));
    }

    static RecordSource.Opened<BatchRecord> open(OwnedConsumer consumer, String topic, Stream stream,
            StreamPosition from, OptionalLong last) {
        final List<TopicPartition> partitions = partitions(topic, stream);
        consumer.assign(partitions);
        final List<TopicPartition> fromStart = new ArrayList<>();
        for (final TopicPartition partition : partitions) {
            final Long offset = from.offsets().get(partition.partition());
            if (offset == null)
                fromStart.add(partition);
            else
                consumer.seek(partition, offset);
        }
        if (!fromStart.isEmpty()) // an empty list would mean all
            consumer.seekToBeginning(fromStart);
        return new RecordSource.Opened<>(topic, partitions.size(), new SequenceMerge(topic, stream.getName(), partitions.size(),
                from.nextSequence(), last, consumer::logStart));
    }

    private static List<TopicPartition> partitions(String topic, Stream stream) {
        return IntStream.range(0, stream.getPartitions()).mapToObj(i -> new TopicPartition(topic, i)).toList();
    }

    /** The first sequence still in the log. Blocks; reads records, since offsets say nothing. Empty when no record is there. */
    public static OptionalLong earliestSequence(KafkaSettings kafka, Topics topics, Stream stream, Duration timeout) {
        try (LogScan scan = new LogScan(kafka, timeout)) {
            return new StreamEnds(scan, partitions(topics.images(stream.getName()), stream)).earliest();
        }
    }

    /** One past the last committed sequence. Blocks. 0 for an empty stream. */
    public static long latestSequence(KafkaSettings kafka, Topics topics, Stream stream, Duration timeout) {
        try (LogScan scan = new LogScan(kafka, timeout)) {
            return new StreamEnds(scan, partitions(topics.images(stream.getName()), stream)).latest();
        }
    }
}
