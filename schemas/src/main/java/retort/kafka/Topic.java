package retort.kafka;

import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import retort.codec.EventCodec;

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
        return new ProducerRecord<>(name, PARTITION, bytes(key.apply(value)), codec.encode(value));
    }

    /** The record that deletes {@code key} from this topic once the topic is compacted. */
    public ProducerRecord<byte[], byte[]> tombstone(String key) {
        return new ProducerRecord<>(name, PARTITION, bytes(key), null);
    }

    private static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
