package retort.kafka;

import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import retort.codec.EventCodec;
import retort.codec.UndecodableException;

/** Events in the order they arrive, which is that of each partition; what cannot be decoded is set aside. Never complete. */
final class ArrivalMerge<T extends SpecificRecord> implements Merge<Event<T>> {
    private final RecordBuffer arrived = new RecordBuffer();
    private final long[] buffered;
    private final EventCodec<T> codec;
    private final Undecodable rejected;

    ArrivalMerge(int partitions, EventCodec<T> codec, Undecodable rejected) {
        this.buffered = new long[partitions];
        this.codec = codec;
        this.rejected = rejected;
    }

    @Override
    public void add(ConsumerRecord<byte[], byte[]> record) {
        arrived.add(record);
        buffered[record.partition()] += RecordBuffer.weight(record);
    }

    @Override
    public @Nullable Event<T> next() {
        for (ConsumerRecord<byte[], byte[]> record = arrived.poll(); record != null; record = arrived.poll()) {
            buffered[record.partition()] -= RecordBuffer.weight(record);
            try {
                return new Event<>(EventReader.key(record), value(record), record.partition(), record.offset(),
                        Instant.ofEpochMilli(record.timestamp()));
            } catch (UndecodableException e) {
                EventReader.reject(rejected, record, e);
            }
        }
        return null;
    }

    @Override
    public long buffered(int partition) {
        return buffered[partition];
    }

    @Override
    public boolean owes(int partition) {
        return arrived.isEmpty();
    }

    @Override
    public boolean isComplete() {
        return false;
    }

    private @Nullable T value(ConsumerRecord<byte[], byte[]> record) throws UndecodableException {
        return record.value() == null ? null : codec.decode(record.value());
    }
}
