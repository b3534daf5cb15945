package retort.ingest.source.raw;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import retort.codec.EventCodec;
import retort.codec.UndecodableException;
import retort.ingest.source.ClassLabels;
import retort.ingest.source.FileName;
import retort.ingest.source.Label;
import retort.ingest.source.Sample;
import retort.record.RawImage;
import retort.registry.RegistryException;

/**
 * Turns a record of a raw topic into a sample. The first bytes tell what it holds: an Avro RawImage in single-object encoding or in the
 * Confluent framing, or else a plain image, whose id is the key and whose label is the header {@code label}. Anyone may publish here,
 * so nothing in a record is trusted. Stateless; any thread.
 */
final class RawRecord {
    private static final int OFFSET_BITS = 48;
    private static final int MOST_ID_LENGTH = 1024;

    private RawRecord() {
    }

    /**
     * Turns a record into a sample. A record that is no image becomes a {@link Sample.Unreadable} with the reason.
     *
     * @throws RegistryException if a schema registry is needed and does not answer; the record must be read again, because it may be good
     */
    static Sample sample(ConsumerRecord<byte[], byte[]> record, ClassLabels classes, EventCodec<RawImage> codec) {
        final long id = (long) record.partition() << OFFSET_BITS | record.offset();
        final String where = record.topic() + "-" + record.partition() + "@" + record.offset();
        final String key = record.key() == null ? where : shown(FileName.decode(record.key()));
        try {
            return sample(id, key, record, classes, codec).at(where);
        } catch (UndecodableException e) {
            return new Sample(id, key, -1, new Sample.Unreadable(where, String.valueOf(e.getMessage())));
        } catch (RegistryException e) {
            throw e;
        } catch (RuntimeException e) { // a decoder fails at foreign bytes
            return new Sample(id, key, -1, new Sample.Unreadable(where, "the record cannot be decoded: " + e));
        }
    }

    private static Sample sample(long id, String key, ConsumerRecord<byte[], byte[]> record, ClassLabels classes,
            EventCodec<RawImage> codec) throws UndecodableException {
        final byte[] value = record.value();
        if (value == null || value.length == 0)
            throw new UndecodableException("the record holds no bytes");
        if (value.length > Sample.MAX_ENCODED_BYTES)
            throw new UndecodableException(value.length + " bytes, more than " + Sample.MAX_ENCODED_BYTES);
        if (EventCodec.isSingleObject(value))
            return sample(id, codec.decode(value), classes);
        if (EventCodec.isConfluent(value) && !isBoxed(value))
            return sample(id, codec.decodeConfluent(value), classes);
        final Header header = record.headers().lastHeader("label");
        return header == null || header.value() == null
                ? sample(id, key, new Written("", Label.NONE), value, classes)
                : sample(id, key, new Written("header label = '" + start(header.value()) + "': ", Label.of(header.value())),
                        value,
                        classes);
    }

    private static Sample sample(long id, RawImage image, ClassLabels classes) throws UndecodableException {
        final ByteBuffer data = image.getData();
        final byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        final Label label = image.getLabel() == null ? Label.NONE : Label.of(image.getLabel().longValue());
        return sample(id, shown(image.getId()), new Written("", label), bytes, classes);
    }

    /** @param origin the beginning of a message about the label */
    private record Written(String origin, Label label) {
    }

    private static Sample sample(long id, String name, Written written, byte[] bytes, ClassLabels classes)
            throws UndecodableException {
        final Optional<String> problem = classes.problem(written.label());
        if (problem.isPresent())
            throw new UndecodableException(written.origin() + problem.get());
        return Sample.encoded(id, name, classes.index(written.label()), bytes);
    }

    /**
     * True for HEIC, AVIF, JPEG 2000, JPEG XL and MP4. They begin with the length of a box, whose first byte is 0, as in the Confluent
     * framing. They are handed on, and the decoder names their kind.
     */
    private static boolean isBoxed(byte[] value) {
        if (value.length < 12)
            return false;
        final String box = new String(value, 4, 4, StandardCharsets.ISO_8859_1);
        return box.equals("ftyp") || box.equals("jP  ") || box.equals("JXL ");
    }

    private static String start(byte[] text) {
        return shown(FileName.decode(text.length > 40 ? java.util.Arrays.copyOf(text, 40) : text));
    }

    /** The text without control characters, which would break a log line, and cut, because keys may be of any length. */
    private static String shown(String text) {
        final String shown = FileName.shown(text).replaceAll("\\p{Cntrl}", "\ufffd");
        return shown.length() > MOST_ID_LENGTH
                ? shown.substring(0, MOST_ID_LENGTH) + "... (" + text.length() + " characters)"
                : shown;
    }
}
