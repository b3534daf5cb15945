package retort.kafka;

import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import reactor.core.publisher.MonoSink;

/** Records that are acknowledged, or committed, together, and who waits for that. */
record Parcel(List<ProducerRecord<byte[], byte[]>> records, long bytes, MonoSink<Void> waiting) {
    static Parcel of(List<ProducerRecord<byte[], byte[]>> records, MonoSink<Void> waiting) {
        long bytes = 0;
        for (final ProducerRecord<byte[], byte[]> record : records)
            bytes += (record.key() == null ? 0 : record.key().length) + (record.value() == null ? 0 : record.value().length);
        return new Parcel(records, bytes, waiting);
    }
}
