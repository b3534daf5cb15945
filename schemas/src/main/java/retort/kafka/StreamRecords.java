package retort.kafka;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * The form of a batch's record in its stream's topic. The partition is sequence mod partitions, and there is no key. A header repeats the
 * sequence, so that a record whose value is damaged still has a number. Stateless, so any thread may call it.
 */
public final class StreamRecords {
    /** Name of the header with the sequence: 8 bytes, big-endian. */
    public static final String SEQUENCE_HEADER = "sequence";

    private StreamRecords() {
    }

    /**
     * The record that publishes one batch.
     *
     * @param partitions number of partitions of the stream's topic
     * @param value an encoded ImageBatch; it is not copied and belongs to the record from now on
     */
    public static ProducerRecord<byte[], byte[]> record(Topics topics, String stream, int partitions, long sequence,
            byte[] value) {
        final byte[] number = ByteBuffer.allocate(Long.BYTES).putLong(sequence).array();
        return new ProducerRecord<>(topics.images(stream), partition(sequence, partitions), null, null, value,
                List.of(new RecordHeader(SEQUENCE_HEADER, number)));
    }

    /** The partition that holds the record of a sequence. */
    public static int partition(long sequence, int partitions) {
        return Math.floorMod(sequence, partitions);
    }

    /** The sequence in the header. Empty if the record has no such header of 8 bytes. */
    static OptionalLong sequence(ConsumerRecord<?, ?> record) {
        final Header header = record.headers().lastHeader(SEQUENCE_HEADER);
        return header == null || header.value() == null || header.value().length != Long.BYTES
                ? OptionalLong.empty()
                : OptionalLong.of(ByteBuffer.wrap(header.value()).getLong());
    }
}
