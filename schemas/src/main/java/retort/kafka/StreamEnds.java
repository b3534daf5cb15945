package retort.kafka;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import retort.codec.ImageBatchView;
import retort.codec.UndecodableException;

/** The first and the last sequence of a stream that are in the log, found by reading records. Blocks; confined to one thread. */
final class StreamEnds {
    private final LogScan scan;
    private final List<TopicPartition> partitions;

    StreamEnds(LogScan scan, List<TopicPartition> partitions) {
        this.scan = scan;
        this.partitions = partitions;
    }

    /**
     * The first sequence from which on nothing is missing. Retention cuts every partition by itself: what a partition has lost
     * ends one round of the partitions before its first record, and the stream can be read from the highest of these on.
     */
    OptionalLong earliest() {
        final long latest = latest();
        if (latest == 0)
            return OptionalLong.empty();
        long earliest = 0;
        for (final TopicPartition partition : partitions) {
            final Optional<ConsumerRecord<byte[], byte[]>> first = scan.first(partition);
            if (first.isPresent())
                earliest = Math.max(earliest, sequence(first.get()) - partitions.size() + 1);
            else if (scan.start(partition) > 0)
                earliest = Math.max(earliest, lastOf(partition.partition(), latest) + 1);
        }
        return OptionalLong.of(earliest);
    }

    /** One past the highest sequence; 0 where there is none. */
    long latest() {
        long latest = 0;
        for (final TopicPartition partition : partitions) {
            final Optional<ConsumerRecord<byte[], byte[]>> last = scan.last(partition);
            if (last.isPresent())
                latest = Math.max(latest, sequence(last.get()) + 1);
        }
        return latest;
    }

    /** The highest sequence below {@code latest} that belongs to {@code partition}. */
    private long lastOf(int partition, long latest) {
        return latest - 1 - Math.floorMod(latest - 1 - partition, partitions.size());
    }

    private static long sequence(ConsumerRecord<byte[], byte[]> record) {
        try {
            final OptionalLong header = StreamRecords.sequence(record);
            return header.isPresent() ? header.getAsLong() : ImageBatchView.of(record.value()).sequence();
        } catch (UndecodableException e) {
            throw new StreamGapException("the record at " + record.topic() + "-" + record.partition() + "@" + record.offset()
                    + " has no sequence: " + e.getMessage());
        }
    }
}
