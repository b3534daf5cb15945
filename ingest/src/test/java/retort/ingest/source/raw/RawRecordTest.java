package retort.ingest.source.raw;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import retort.codec.EventCodec;
import retort.ingest.source.ClassLabels;
import retort.ingest.source.Sample;
import retort.ingest.source.TinyImages;
import retort.record.RawImage;

class RawRecordTest {
    private static final byte[] JPEG = TinyImages.jpeg(1);
    private static final EventCodec<RawImage> CODEC = EventCodec.of(RawImage.class);
    private static final ClassLabels NUMBERS = ClassLabels.unknown();

    @Test
    void aHeaderIsALabelOrRejectsTheRecord() {
        assertThat(label(bytes("7"), NUMBERS)).isEqualTo("7");
        assertThat(label(bytes(" 7.0\n"), NUMBERS)).isEqualTo("7");
        assertThat(label(bytes("-3"), NUMBERS)).isEqualTo("-1");
        assertThat(label(null, NUMBERS)).isEqualTo("-1");
        assertThat(label(bytes(""), NUMBERS)).contains("label = ''");
        assertThat(label(bytes("cat"), NUMBERS)).contains("label 'cat' is no class index");
        assertThat(label(new byte[]{(byte) 0xE9}, NUMBERS)).contains("\\xE9");
        assertThat(label(new byte[]{0, 0, 0, 7}, NUMBERS)).contains("no class index");
        assertThat(label(new byte[1 << 20], NUMBERS)).contains("a text of 1048576 bytes");
        assertThat(label(bytes("99999999"), NUMBERS)).contains("too large");
        final ClassLabels listed = ClassLabels.listed(List.of("cat", "dog"));
        assertThat(label(bytes("dog"), listed)).isEqualTo("1");
        assertThat(label(bytes("1"), listed)).isEqualTo("1");
        assertThat(label(bytes("2"), listed)).contains("label 2 is none of the 2 classes");
        assertThat(label(bytes("cow"), listed)).contains("label 'cow' is none of the 2 classes");
    }

    @Test
    void aKeyIsANameWhateverItsBytesAre() {
        assertThat(sample(bytes("a.jpg"), JPEG).name()).isEqualTo("a.jpg");
        assertThat(sample(new byte[]{'c', (byte) 0xE9, 0, 10}, JPEG).name()).isEqualTo("c\\xE9\ufffd\ufffd");
        assertThat(sample(new byte[1 << 20], JPEG).name()).hasSizeLessThan(1100).endsWith("... (1048576 characters)");
        assertThat(sample(null, JPEG).name()).isEqualTo("raw-1@5");
        assertThat(sample(new byte[0], JPEG).name()).isEmpty();
        assertThat(sample(bytes("k"), null).content()).isInstanceOf(Sample.Unreadable.class);
    }

    /** Uses the first bytes of files that begin with a zero, or with the mark of an encoding. */
    @Test
    void anImageThatBeginsLikeAFramingIsHandedOnOrRejected() {
        for (final String box : List.of("\0\0\0\u0018ftypheic\0\0\0\0", "\0\0\0\u001cftypavif\0\0\0\0",
                "\0\0\0\fjP  \r\n\u0087\n",
                "\0\0\0\fJXL \r\n\u0087\n"))
            assertThat(sample(bytes("k"), box.getBytes(StandardCharsets.ISO_8859_1)).content())
                    .isInstanceOf(Sample.Encoded.class);
        for (final byte[] other : new byte[][]{{0}, {0, 0}, {0, 0, 1, 0, 1, 0}, {0, 0, 0, 0, 1}, {(byte) 0xC3, 1},
                {(byte) 0xC3, 1, 2, 3},
                {(byte) 0xC3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 7}})
            assertThat(sample(bytes("k"), other).content()).isNotNull();
    }

    @Test
    void anyBytesHaveAnOutcome() throws Exception {
        final byte[] avro = CODEC
                .encode(RawImage.newBuilder().setId("id").setLabel(3).setData(ByteBuffer.wrap(JPEG)).build());
        final Random random = new Random(5);
        for (int round = 0; round < 20_000; round++) {
            final byte[] value = random.nextBoolean() ? avro.clone() : new byte[1 + random.nextInt(40)];
            if (value.length != avro.length)
                random.nextBytes(value);
            for (int i = random.nextInt(5); i > 0; i--)
                value[random.nextInt(Math.min(value.length, 40))] = (byte) random.nextInt(256);
            if (random.nextInt(3) == 0)
                value[0] = 0;
            assertThat(sample(new byte[]{(byte) random.nextInt(256)}, value).label()).isBetween(-1, 1 << 20);
        }
    }

    private static String label(byte @Nullable [] header, ClassLabels classes) {
        final Sample sample = RawRecord.sample(record(bytes("k"), JPEG, Optional.of(new RecordHeaders().add("label", header))),
                classes, CODEC);
        return sample.content() instanceof Sample.Unreadable(String where, String reason)
                ? reason
                : String.valueOf(sample.label());
    }

    private static Sample sample(byte @Nullable [] key, byte @Nullable [] value) {
        return RawRecord.sample(record(key, value, Optional.empty()), NUMBERS, CODEC);
    }

    @SuppressWarnings("NullAway") // Kafka's records may hold null
    private static ConsumerRecord<byte[], byte[]> record(byte @Nullable [] key, byte @Nullable [] value,
            Optional<org.apache.kafka.common.header.Headers> headers) {
        return new ConsumerRecord<>("raw", 1, 5, 0, TimestampType.CREATE_TIME, 0, 0, key, value,
                headers.orElseGet(RecordHeaders::new),
                Optional.empty());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
