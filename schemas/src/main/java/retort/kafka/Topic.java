package retort.kafka;

import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import retort.codec.EventCodec;
import retort.codec.UndecodableException;

/**
 * One event topic of the contract. {@link Topics} makes all of them. Immutable, so any thread may use it.
 *
 * @param name the topic's name, with the prefix
 * @param codec encodes and decodes the values
 * @param key computes the record's key from its value; two values with the same key replace each other in a compacted topic
 * @param kept how long the broker keeps the records
 */
public record Topic<T extends SpecificRecord>(String name, EventCodec<T> codec, Function<T, String> key, Kept kept) {
    /** The only partition that is written to. Records of a key stay in order even if somebody adds partitions. */
    private static final int PARTITION = 0;

    /** Encodes {@code value} as a record of this topic. */
    public ProducerRecord<byte[], byte[]> record(T value) {
        final ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(name, PARTITION, bytes(key.apply(value)),
                codec.encode(value));
        codec.fingerprint().ifPresent(fingerprint -> record.headers().add(EventCodec.FINGERPRINT, fingerprint));
        return record;
    }

    /**
     * Decodes a record of this topic in either framing; null for a tombstone.
     *
     * @throws UndecodableException as {@link EventCodec#decode(byte[], byte[])}
     * @throws RuntimeException if a schema registry is needed and does not answer
     */
    public @Nullable T value(ConsumerRecord<byte[], byte[]> record) throws UndecodableException {
        final Header fingerprint = record.headers().lastHeader(EventCodec.FINGERPRINT);
        return record.value() == null ? null : codec.decode(record.value(), fingerprint == null ? null : fingerprint.value());
    }

    /** The record that deletes {@code key} from this topic once the topic is compacted. */
    public ProducerRecord<byte[], byte[]> tombstone(String key) {
        return new ProducerRecord<>(name, PARTITION, bytes(key), null);
    }

    private static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
