package retort.kafka;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import retort.codec.ImageBatchView;
import retort.codec.UndecodableException;
import retort.trace.RecordTrace;

/**
 * Puts the records of a stream's partitions into the order of their sequences. It looks only at the partition that the next sequence
 * belongs to. A lower sequence there is a repetition and is dropped. A higher one proves that the next sequence is missing for good,
 * because the records of a partition are in order. So no clock is needed. Confined to the source's thread.
 */
final class SequenceMerge implements Merge<BatchRecord> {
    private final LiveTopic topic;
    private final String stream;
    private final OptionalLong last;
    private final LogStart logStart;
    private final List<RecordBuffer> buffers = new ArrayList<>();
    /** True for a partition that has emitted a record. A sequence that is missing after that was not deleted by retention. */
    private final boolean[] emitted;
    private long next;
    private long emittedAt = -1;

    /** Looks up the offset at which a partition's log begins now. Called on the source's thread. */
    @FunctionalInterface
    interface LogStart {
        long of(TopicPartition partition);
    }

    SequenceMerge(LiveTopic topic, String stream, int partitions, long first, OptionalLong last, LogStart logStart) {
        this.topic = topic;
        this.stream = stream;
        this.next = first;
        this.last = last;
        this.logStart = logStart;
        this.emitted = new boolean[partitions];
        for (int i = 0; i < partitions; i++)
            buffers.add(new RecordBuffer());
    }

    @Override
    public void add(ConsumerRecord<byte[], ByteBuffer> record) {
        buffers.get(record.partition()).add(record);
        if (RecordTrace.isOn())
            StreamRecords.sequence(record).ifPresent(
                    sequence -> RecordTrace.note(stream, sequence, RecordTrace.Stage.FETCHED, where(record)));
    }

    @Override
    public @Nullable BatchRecord next() {
        final RecordBuffer buffer = buffers.get(owing());
        for (ConsumerRecord<byte[], ByteBuffer> record = buffer.poll(); record != null; record = buffer.poll()) {
            final long sequence = sequence(record);
            if (sequence > next)
                throw missing(record, sequence);
            if (sequence == next)
                return emit(record);
        }
        return null;
    }

    @Override
    public long buffered(int partition) {
        return buffers.get(partition).bytes();
    }

    @Override
    public int waiting() {
        return buffers.stream().mapToInt(RecordBuffer::size).sum();
    }

    @Override
    public long emittedAt() {
        return emittedAt;
    }

    @Override
    public boolean owes(int partition) {
        return partition == owing() && buffers.get(partition).isEmpty();
    }

    @Override
    public boolean isComplete() {
        return last.isPresent() && next > last.getAsLong();
    }

    private int owing() {
        return StreamRecords.partition(next, buffers.size());
    }

    private BatchRecord emit(ConsumerRecord<byte[], ByteBuffer> record) {
        final ImageBatchView batch = decode(record);
        if (batch.sequence() != next || !batch.stream().equals(stream))
            throw new StreamGapException("sequence " + next + " of stream " + stream + " is missing: the record at "
                    + where(record) + " calls itself sequence " + batch.sequence() + " of stream " + batch.stream());
        emitted[record.partition()] = true;
        next++;
        emittedAt = record.timestamp();
        return new BatchRecord(batch, record.partition(), record.offset(), record.serializedValueSize(), topic.id());
    }

    /** The sequence in the header, or the sequence in the value if the record has no such header. */
    private long sequence(ConsumerRecord<byte[], ByteBuffer> record) {
        final OptionalLong header = StreamRecords.sequence(record);
        final long sequence = header.isPresent() ? header.getAsLong() : decode(record).sequence();
        if (StreamRecords.partition(sequence, buffers.size()) != record.partition())
            throw new StreamGapException("sequence " + sequence + " of stream " + stream + " lies at " + where(record)
                    + " where the description of the stream, with " + buffers.size() + " partitions, puts it into partition "
                    + StreamRecords.partition(sequence, buffers.size()));
        return sequence;
    }

    private ImageBatchView decode(ConsumerRecord<byte[], ByteBuffer> record) {
        try {
            return ImageBatchView.of(record.value() == null ? ByteBuffer.allocate(0) : record.value());
        } catch (UndecodableException e) {
            throw new StreamGapException("sequence " + StreamRecords.sequence(record).orElse(next) + " of stream " + stream
                    + " cannot be read at " + where(record) + ": " + e.getMessage());
        }
    }

    private RuntimeException missing(ConsumerRecord<byte[], ByteBuffer> record, long found) {
        final long start = emitted[record.partition()] ? 0 : logStart.of(new TopicPartition(topic.name(), record.partition()));
        if (start > 0)
            return new PositionOutOfRangeException("sequence " + next + " of stream " + stream + " is no longer in "
                    + topic.name() + ": retention has cut partition " + record.partition() + " up to offset " + start
                    + ", its first sequence is " + found + ". " + PositionOutOfRangeException.WAYS_ON);
        return new StreamGapException("sequence " + next + " of stream " + stream + " is missing: partition "
                + record.partition() + " holds sequence " + found + " in its place, at " + where(record));
    }

    private static String where(ConsumerRecord<byte[], ByteBuffer> record) {
        return record.topic() + "-" + record.partition() + "@" + record.offset();
    }
}
