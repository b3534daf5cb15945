package retort.kafka;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Emits records in the order of their arrival, which keeps the order of each partition. It is never complete. An emitted record has a copy of
 * the value, because its reader may keep it for long, and the buffer of its fetch is larger.
 */
final class ArrivalMerge<T> implements Merge<T> {
    /** Computes the emitted item from a record. */
    @FunctionalInterface
    interface Reading<T> {
        /** @return the item, or null to leave the record out */
        @Nullable
        T of(ConsumerRecord<byte[], byte[]> record);
    }

    private final RecordBuffer arrived = new RecordBuffer();
    private long[] buffered;
    private long emittedAt = -1;
    private final Reading<T> reading;

    ArrivalMerge(int partitions, Reading<T> reading) {
        this.buffered = new long[partitions];
        this.reading = reading;
    }

    @Override
    public void add(ConsumerRecord<byte[], ByteBuffer> record) {
        arrived.add(record);
        buffered[record.partition()] += RecordBuffer.weight(record);
    }

    @Override
    public @Nullable T next() {
        for (ConsumerRecord<byte[], ByteBuffer> record = arrived.poll(); record != null; record = arrived.poll()) {
            buffered[record.partition()] -= RecordBuffer.weight(record);
            final T read = reading.of(copied(record));
            emittedAt = record.timestamp();
            if (read != null)
                return read;
        }
        return null;
    }

    private static ConsumerRecord<byte[], byte[]> copied(ConsumerRecord<byte[], ByteBuffer> record) {
        return new ConsumerRecord<>(record.topic(), record.partition(), record.offset(), record.timestamp(),
                record.timestampType(),
                record.serializedKeySize(), record.serializedValueSize(), record.key(), Utils.toNullableArray(record.value()),
                record.headers(), record.leaderEpoch());
    }

    @Override
    public long buffered(int partition) {
        return buffered[partition];
    }

    @Override
    public int waiting() {
        return arrived.size();
    }

    @Override
    public long emittedAt() {
        return emittedAt;
    }

    @Override
    public void grow(int partitions) {
        buffered = Arrays.copyOf(buffered, partitions);
    }

    @Override
    public boolean owes(int partition) {
        return arrived.isEmpty();
    }

    @Override
    public boolean isComplete() {
        return false;
    }
}
