package retort.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import retort.record.Stream;

/** Reads the batches of a stream in sequence order. {@link Broker#batches} has the contract. */
final class StreamReader {
    private static final Duration TOPIC_INTERVAL = Duration.ofMillis(200);
    private static final int MOST_ASKED = 15;

    private StreamReader() {
    }

    static RecordSource<BatchRecord> source(Broker broker, Stream stream, StreamPosition from, OptionalLong lastSequence,
            long budgetBytes, String name) {
        return new RecordSource<>(name, broker, Map.of(), FetchBudget.of(budgetBytes, stream.getPartitions()),
                consumer -> open(consumer, broker, stream, from, lastSequence));
    }

    static RecordSource.Opened<BatchRecord> open(OwnedConsumer consumer, Broker broker, Stream stream,
            StreamPosition saved, OptionalLong last) {
        final LiveTopic topic = present(consumer, broker, stream);
        final StreamPosition from = in(topic, saved, stream, broker);
        consumer.used().add(topic);
        final List<TopicPartition> partitions = partitions(topic.name(), stream);
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
        return new RecordSource.Opened<>(topic.name(), partitions.size(), new SequenceMerge(topic, stream.getName(),
                partitions.size(), from.nextSequence(), last, consumer::logStart));
    }

    /** The stream's topic. It may have more partitions than the stream, which uses the first ones. */
    private static LiveTopic present(OwnedConsumer consumer, Broker broker, Stream stream) {
        final String name = broker.topics().images(stream.getName());
        Optional<LiveTopic> found = consumer.find(name);
        for (int i = 0; found.isEmpty() && i < MOST_ASKED; i++) { // it may have been made a moment ago
            consumer.rest(TOPIC_INTERVAL);
            found = consumer.find(name);
        }
        final String at = broker.kafka().bootstrapServers();
        final LiveTopic topic = found.orElseThrow(() -> TopicChangedException.missing(at, name));
        if (topic.partitions() < stream.getPartitions())
            throw TopicChangedException.smaller(at, topic, stream.getPartitions());
        return topic;
    }

    /**
     * The position in the present topic. The position of a forgotten topic keeps its sequence, because a stream with an end holds the same
     * images under the same sequence when it is published again. It loses its offsets.
     */
    private static StreamPosition in(LiveTopic topic, StreamPosition saved, Stream stream, Broker broker) {
        if (!LiveTopic.differ(saved.topicId(), topic.id()))
            return saved;
        final String id = saved.topicId().orElseThrow();
        if (!broker.topics().forgotten().contains(id) || stream.getSamplesPerEpoch() == null)
            throw TopicChangedException.sinceSaved(broker.kafka(), topic.name(), id, Optional.of(topic));
        return new StreamPosition(saved.nextSequence(), Map.of(), topic.id());
    }

    private static List<TopicPartition> partitions(String topic, Stream stream) {
        return IntStream.range(0, stream.getPartitions()).mapToObj(i -> new TopicPartition(topic, i)).toList();
    }

    static OptionalLong earliestSequence(Broker broker, Stream stream) {
        return ends(broker, stream, StreamEnds::earliest);
    }

    static Map<Integer, Long> lastSequences(Broker broker, Stream stream) {
        return ends(broker, stream, StreamEnds::last);
    }

    static long latestSequence(Broker broker, Stream stream) {
        return ends(broker, stream, StreamEnds::latest);
    }

    /** @throws TopicChangedException if the topic does not exist, for which a consumer would wait */
    private static <R> R ends(Broker broker, Stream stream, Function<StreamEnds, R> question) {
        final String topic = broker.topics().images(stream.getName());
        return LogScan.in(broker, topic, scan -> {
            for (int asked = 1; scan.partitions(topic).isEmpty(); asked++) {
                if (asked == MOST_ASKED)
                    throw TopicChangedException.missing(broker.kafka(), topic);
                LockSupport.parkNanos(TOPIC_INTERVAL.toNanos()); // it may have been made a moment ago
            }
            return question.apply(new StreamEnds(scan, partitions(topic, stream)));
        });
    }
}
