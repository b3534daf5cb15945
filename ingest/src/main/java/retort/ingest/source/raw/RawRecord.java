package retort.ingest.source.raw;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import retort.codec.EventCodec;
import retort.codec.UndecodableException;
import retort.ingest.source.ClassNames;
import retort.ingest.source.Sample;
import retort.record.RawImage;

/**
 * What a record of a raw topic holds, told by its first bytes: an Avro RawImage in single-object encoding or in the Confluent
 * framing, and otherwise a plain image, whose id is the key and whose class index is a header {@code label} in digits. No image
 * format begins like either framing.
 */
final class RawRecord {
    private static final EventCodec<RawImage> CODEC = EventCodec.of(RawImage.class);
    private static final int OFFSET_BITS = 48;

    private RawRecord() {
    }

    /** Never fails: what is no image is a sample that says why. */
    static Sample sample(ConsumerRecord<byte[], byte[]> record) {
        final long id = (long) record.partition() << OFFSET_BITS | record.offset();
        final String where = record.topic() + "-" + record.partition() + "@" + record.offset();
        final String key = record.key() == null ? where : new String(record.key(), StandardCharsets.UTF_8);
        try {
            final byte[] value = record.value();
            if (value == null || value.length == 0)
                throw new UndecodableException("the record holds no bytes");
            if (value.length > Sample.MAX_ENCODED_BYTES)
                throw new UndecodableException(value.length + " bytes, more than " + Sample.MAX_ENCODED_BYTES);
            if (EventCodec.isSingleObject(value))
                return sample(id, CODEC.decode(value));
            if (EventCodec.isConfluent(value))
                return sample(id, CODEC.decodeConfluent(value));
            return Sample.encoded(id, key, label(record.headers().lastHeader("label")), value);
        } catch (UndecodableException e) {
            return new Sample(id, key, -1, new Sample.Unreadable(where, String.valueOf(e.getMessage())));
        }
    }

    private static Sample sample(long id, RawImage image) throws UndecodableException {
        final ByteBuffer data = image.getData();
        final byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        return Sample.encoded(id, image.getId(), image.getLabel() == null ? -1 : checked(image.getLabel()), bytes);
    }

    private static int label(@Nullable Header header) throws UndecodableException {
        if (header == null)
            return -1;
        final String digits = new String(header.value(), StandardCharsets.UTF_8).strip();
        if (!digits.matches("-1|\\d{1,9}"))
            throw new UndecodableException("header label = '" + digits + "' is no class index in digits");
        return checked(Integer.parseInt(digits));
    }

    private static int checked(int label) throws UndecodableException {
        if (label < -1 || label >= ClassNames.MOST)
            throw new UndecodableException("label " + label + " is no class index");
        return label;
    }
}
