package retort.kafka;

import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Emits records in the order of their arrival, which keeps the order of each partition. It is never complete. */
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
    private final Reading<T> reading;

    ArrivalMerge(int partitions, Reading<T> reading) {
        this.buffered = new long[partitions];
        this.reading = reading;
    }

    @Override
    public void add(ConsumerRecord<byte[], byte[]> record) {
        arrived.add(record);
        buffered[record.partition()] += RecordBuffer.weight(record);
    }

    @Override
    public @Nullable T next() {
        for (ConsumerRecord<byte[], byte[]> record = arrived.poll(); record != null; record = arrived.poll()) {
            buffered[record.partition()] -= RecordBuffer.weight(record);
            final T read = reading.of(record);
            if (read != null)
                return read;
        }
        return null;
    }

    @Override
    public long buffered(int partition) {
        return buffered[partition];
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
