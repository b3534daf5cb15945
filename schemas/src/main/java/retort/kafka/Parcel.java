package retort.kafka;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import reactor.core.publisher.MonoSink;

/**
 * Records that are acknowledged, or committed, together, and the Mono that waits for them.
 *
 * @param records the encoded records
 * @param bytes size of all records
 * @param alongside adds other parts to the same transaction, such as consumed offsets
 * @param waiting receives the outcome
 * @param left set when the subscriber has cancelled; records that the producer does not have yet are then not sent
 */
record Parcel(List<ProducerRecord<byte[], byte[]>> records, long bytes, Consumer<Producer<byte[], byte[]>> alongside,
        MonoSink<Void> waiting, AtomicBoolean left) {
    static Parcel of(List<ProducerRecord<byte[], byte[]>> records, Consumer<Producer<byte[], byte[]>> alongside,
            MonoSink<Void> waiting) {
        long bytes = 0;
        for (final ProducerRecord<byte[], byte[]> record : records)
            bytes += (record.key() == null ? 0 : record.key().length) + (record.value() == null ? 0 : record.value().length);
        final AtomicBoolean left = new AtomicBoolean();
        waiting.onCancel(() -> left.set(true));
        return new Parcel(records, bytes, alongside, waiting, left);
    }

    boolean isLeft() {
        return left.get();
    }
}
