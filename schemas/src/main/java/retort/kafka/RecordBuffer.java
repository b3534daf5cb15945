package retort.kafka;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Fetched records in the order of their arrival, and their size in bytes. Confined to the source's thread. */
final class RecordBuffer {
    /** Approximate heap of a record's own objects, headers and queue slot. It bounds the number of records in a budget of bytes. */
    private static final int OBJECT_BYTES = 256;

    private final ArrayDeque<ConsumerRecord<byte[], ByteBuffer>> records = new ArrayDeque<>();
    private long bytes;

    void add(ConsumerRecord<byte[], ByteBuffer> record) {
        records.add(record);
        bytes += weight(record);
    }

    @Nullable
    ConsumerRecord<byte[], ByteBuffer> peek() {
        return records.peek();
    }

    @Nullable
    ConsumerRecord<byte[], ByteBuffer> poll() {
        final ConsumerRecord<byte[], ByteBuffer> record = records.poll();
        if (record != null)
            bytes -= weight(record);
        return record;
    }

    boolean isEmpty() {
        return records.isEmpty();
    }

    int size() {
        return records.size();
    }

    long bytes() {
        return bytes;
    }

    static long weight(ConsumerRecord<byte[], ByteBuffer> record) {
        return (long) OBJECT_BYTES + Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
    }
}
