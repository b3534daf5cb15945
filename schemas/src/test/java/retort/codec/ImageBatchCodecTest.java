package retort.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.specific.SpecificData;
import org.junit.jupiter.api.Test;
import retort.record.ImageBatch;

class ImageBatchCodecTest {
    private final EventCodec<ImageBatch> avro = EventCodec.of(ImageBatch.class);

    @Test
    void writesTheBytesOfAvrosOwnEncoder() {
        final Random random = new Random(3);
        for (final int count : new int[]{0, 1, 2, 6, 63, 64, 300}) {
            final int[] labels = IntStream.range(0, count).map(i -> i % 3 == 0 ? -1 : random.nextInt(1000)).toArray();
            final long[] ids = LongStream.range(0, count).map(i -> random.nextLong() >>> random.nextInt(64)).toArray();
            final ImageBatchWriter writer = ImageBatchWriter.begin("träin", 1L << 40, 123_456_789_012L, 5, 3, 3, labels, ids);
            final byte[] pixels = fill(writer, count, 45, random);

            assertThat(writer.finish()).isEqualTo(avro.encode(record(labels, ids, 5, 3, 3, pixels))).isSameAs(writer.array());
        }
    }

    @Test
    void avrosOwnDecoderReadsWhatTheWriterWrote() throws Exception {
        final ImageBatchWriter writer = ImageBatchWriter.begin("val", 0, 7, 2, 2, 1, new int[]{4, -1}, new long[]{10, 11});
        final byte[] pixels = fill(writer, 2, 4, new Random(1));
        final ImageBatch read = new BinaryMessageDecoder<ImageBatch>(SpecificData.getForClass(ImageBatch.class),
                ImageBatch.getClassSchema()).decode(writer.finish());

        assertThat(read.getSequence()).isEqualTo(7);
        assertThat(read.getLabels()).containsExactly(4, -1);
        assertThat(read.getPixels()).isEqualTo(ByteBuffer.wrap(pixels));
    }

    @Test
    void theViewReadsWhatAvroWroteWithoutMovingAPixel() throws Exception {
        final byte[] pixels = new byte[2 * 4 * 3 * 3];
        new Random(5).nextBytes(pixels);
        final byte[] value = avro.encode(record(new int[]{1, 2}, new long[]{-5, Long.MAX_VALUE}, 4, 3, 3, pixels));
        final ImageBatchView view = ImageBatchView.of(value);

        assertThat(view.stream()).isEqualTo("träin");
        assertThat(view.epoch()).isEqualTo(1L << 40);
        assertThat(view.sequence()).isEqualTo(123_456_789_012L);
        assertThat(view.count()).isEqualTo(2);
        assertThat(view.height()).isEqualTo(4);
        assertThat(view.width()).isEqualTo(3);
        assertThat(view.channels()).isEqualTo(3);
        assertThat(view.imageBytes()).isEqualTo(36);
        assertThat(view.labels()).containsExactly(1, 2);
        assertThat(view.sampleIds()).containsExactly(-5, Long.MAX_VALUE);
        assertThat(view.pixels()).isEqualTo(ByteBuffer.wrap(pixels)).matches(ByteBuffer::isReadOnly);
        value[value.length - 1]++;
        assertThat(view.pixels().get(pixels.length - 1)).as("the record's own byte").isEqualTo(value[value.length - 1]);
    }

    @Test
    void rejectedImagesShortenTheRecordAndMoveNoOther() throws Exception {
        final ImageBatchWriter writer = ImageBatchWriter.begin("s", 2, 9, 1, 2, 1, new int[]{5, 6, 7}, new long[]{50, 60, 70});
        for (int slot = 0; slot < 3; slot++)
            Arrays.fill(writer.array(), writer.pixelOffset(slot), writer.pixelOffset(slot) + 2, (byte) (slot + 1));
        writer.reject(1);
        final ImageBatchView view = ImageBatchView.of(writer.finish());

        assertThat(view.count()).isEqualTo(2);
        assertThat(view.sequence()).isEqualTo(9);
        assertThat(view.labels()).containsExactly(5, 7);
        assertThat(view.sampleIds()).containsExactly(50, 70);
        assertThat(view.pixels()).isEqualTo(ByteBuffer.wrap(new byte[]{1, 1, 3, 3}));
    }

    @Test
    void aRecordWhoseImagesWereAllRejectedIsEmptyButThere() throws Exception {
        final ImageBatchWriter writer = ImageBatchWriter.begin("s", 0, 4, 8, 8, 3, new int[]{1}, new long[]{2});
        writer.reject(0);
        final ImageBatchView view = ImageBatchView.of(writer.finish());

        assertThat(view.count()).isZero();
        assertThat(view.sequence()).isEqualTo(4);
        assertThat(view.pixels().remaining()).isZero();
    }

    @Test
    void refusesCutSurplusAndDisagreeingRecords() {
        final byte[] whole = avro.encode(record(new int[]{1, 2}, new long[]{3, 4}, 2, 2, 1, new byte[8]));
        for (int length = 0; length < whole.length; length++) {
            final byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> ImageBatchView.of(cut)).isInstanceOf(UndecodableException.class);
        }
        assertRefused(Arrays.copyOf(whole, whole.length + 1), "left over");
        assertRefused(avro.encode(record(new int[]{1}, new long[]{3, 4}, 2, 2, 1, new byte[8])), "labels has 1 items");
        assertRefused(avro.encode(record(new int[]{1, 2}, new long[]{3, 4, 5}, 2, 2, 1, new byte[8])), "sampleIds has more");
        assertRefused(avro.encode(record(new int[]{1, 2}, new long[]{3, 4}, 2, 2, 1, new byte[7])), "pixels has 7 bytes");
        assertRefused(avro.encode(record(new int[]{1, 2}, new long[]{3, 4}, 0, 2, 1, new byte[0])), "shape is 0 x 2 x 1");
        assertRefused(avro.encode(record(new int[]{1, 2}, new long[]{3, 4}, 2, 2, 4, new byte[0])), "shape is 2 x 2 x 4");
        assertRefused(avro.encode(record(new int[]{1, 2}, new long[]{3, 4}, 1 << 20, 1 << 20, 3, new byte[0])), "shape is");
    }

    @Test
    void believesNoCountThatTheBytesDoNotHold() {
        final byte[] header = SingleObject.header(ImageBatchView.FINGERPRINT);
        final byte[] manyImages = new WireOutput(64).raw(header).number(0).number(0).number(0).number(Integer.MAX_VALUE)
                .number(1).number(1).number(1).raw(new byte[8]).toByteArray();
        assertRefused(manyImages, "count is 2147483647 where 8 bytes are left");
    }

    @Test
    void hostileBytesEndInOneKindOfError() {
        final Random random = new Random(2);
        final byte[] good = avro.encode(record(new int[]{1, 2}, new long[]{3, 400}, 2, 2, 1, new byte[8]));
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            final byte[] bytes = good.clone();
            for (int n = random.nextInt(4); n >= 0; n--)
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            try {
                assertThat(ImageBatchView.of(bytes).pixels().remaining()).isLessThan(bytes.length);
            } catch (UndecodableException e) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void refusesAShapeThatNoRecordCanHave() {
        assertThatThrownBy(() -> ImageBatchWriter.begin("s", 0, 0, 1 << 15, 1 << 15, 3, new int[1], new long[1]))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("1 images of 32768 x 32768 x 3");
        assertThatThrownBy(() -> ImageBatchWriter.begin("s", 0, 0, 2, 2, 2, new int[1], new long[1]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ImageBatchWriter.begin("s", 0, 0, 2, 2, 3, new int[1], new long[2]))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("1 labels for 2 sample ids");
    }

    private static byte[] fill(ImageBatchWriter writer, int count, int imageBytes, Random random) {
        final byte[] pixels = new byte[count * imageBytes];
        random.nextBytes(pixels);
        for (int slot = 0; slot < count; slot++)
            System.arraycopy(pixels, slot * imageBytes, writer.array(), writer.pixelOffset(slot), imageBytes);
        return pixels;
    }

    private static ImageBatch record(int[] labels, long[] ids, int height, int width, int channels, byte[] pixels) {
        return ImageBatch.newBuilder().setStream("träin").setEpoch(1L << 40).setSequence(123_456_789_012L)
                .setCount(Math.max(labels.length, Math.min(ids.length, 2))).setHeight(height).setWidth(width)
                .setChannels(channels).setLabels(Arrays.stream(labels).boxed().toList())
                .setSampleIds(Arrays.stream(ids).boxed().toList()).setPixels(ByteBuffer.wrap(pixels)).build();
    }

    private static void assertRefused(byte[] value, String reason) {
        assertThatThrownBy(() -> ImageBatchView.of(value)).isInstanceOf(UndecodableException.class)
                .hasMessageContaining(reason);
    }
}
