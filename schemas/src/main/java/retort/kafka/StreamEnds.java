package retort.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import retort.codec.ImageBatchView;
import retort.codec.UndecodableException;

/** Finds the first and the last sequence of a stream in the log by reading records. Blocks. Confined to one thread. */
final class StreamEnds {
    private final LogScan scan;
    private final List<TopicPartition> partitions;

    StreamEnds(LogScan scan, List<TopicPartition> partitions) {
        this.scan = scan;
        this.partitions = partitions;
    }

    /**
     * The first sequence from which the log has no gap. Retention deletes from every partition separately. The last record that a partition
     * has lost is one round of the partitions before its first record. The result is one past the highest lost sequence.
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

    /** One past the highest sequence, or 0 if there is no record. */
    long latest() {
        return last().values().stream().mapToLong(last -> last + 1).max().orElse(0);
    }

    /** The sequence of the last record of each partition that holds one. */
    Map<Integer, Long> last() {
        final Map<Integer, Long> last = new HashMap<>();
        for (final TopicPartition partition : partitions)
            scan.last(partition).ifPresent(record -> last.put(partition.partition(), sequence(record)));
        return last;
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
