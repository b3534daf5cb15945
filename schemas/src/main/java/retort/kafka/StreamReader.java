package retort.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import retort.record.Stream;

/** Reads the batches of a stream in sequence order. {@link Broker#batches} has the contract. */
final class StreamReader {
    private StreamReader() {
    }

    static RecordSource<BatchRecord> source(Broker broker, Stream stream, StreamPosition from, OptionalLong lastSequence,
            long budgetBytes, String name) {
        return new RecordSource<>(name, broker, Map.of(), FetchBudget.of(budgetBytes, stream.getPartitions()),
                consumer -> open(consumer, broker.topics().images(stream.getName()), stream, from, lastSequence));
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
        if (!fromStart.isEmpty()) // an empty list would mean all partitions
            consumer.seekToBeginning(fromStart);
        return new RecordSource.Opened<>(topic, partitions.size(), new SequenceMerge(topic, stream.getName(), partitions.size(),
                from.nextSequence(), last, consumer::logStart));
    }

    private static List<TopicPartition> partitions(String topic, Stream stream) {
        return IntStream.range(0, stream.getPartitions()).mapToObj(i -> new TopicPartition(topic, i)).toList();
    }

    static OptionalLong earliestSequence(Broker broker, Stream stream) {
        final String topic = broker.topics().images(stream.getName());
        return LogScan.in(broker, topic, scan -> new StreamEnds(scan, partitions(topic, stream)).earliest());
    }

    static long latestSequence(Broker broker, Stream stream) {
        final String topic = broker.topics().images(stream.getName());
        return LogScan.in(broker, topic, scan -> new StreamEnds(scan, partitions(topic, stream)).latest());
    }
}
