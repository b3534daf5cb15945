package retort.trainer.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import retort.codec.ImageBatchView;
import retort.kafka.BatchRecord;
import retort.kafka.StreamPosition;
import retort.record.Stream;

class RebatchTest {
    private static final int HEIGHT = 3;
    private static final int WIDTH = 2;
    private static final int CHANNELS = 1;
    private static final int PARTITIONS = 2;

    private final Stream stream = new Stream("s", "memory:", "none", 0L, CHANNELS, HEIGHT, WIDTH, List.of(0.5), List.of(0.5),
            List.of(), 10L, 4, PARTITIONS, "hash", null, Instant.EPOCH, Map.of());

    @Test
    void batchesAreExactAndInStreamOrderWhateverTheRecordsHold() {
        final Random random = new Random(1);
        for (int trial = 0; trial < 200; trial++) {
            final List<BatchRecord> records = records(random.ints(1 + random.nextInt(30), 0, 9).toArray());
            final int batch = 1 + random.nextInt(20);
            final List<Taken> batches = take(records, batch, ImagePosition.at(0));

            final long images = records.stream().mapToLong(record -> record.batch().count()).sum();
            assertThat(batches).hasSize((int) (images / batch));
            assertThat(batches.stream().flatMapToLong(taken -> LongStream.of(taken.ids)))
                    .containsExactlyElementsOf(LongStream.range(0, images / batch * batch).boxed().toList());
            assertThat(batches).allSatisfy(RebatchTest::pixelsAndLabelsBelongToTheirIds);
        }
    }

    @Test
    void goesOnFromTheEndOfAnyBatchAsIfItHadNotStopped() {
        final Random random = new Random(2);
        for (int trial = 0; trial < 100; trial++) {
            final List<BatchRecord> records = records(random.ints(20, 0, 9).toArray());
            final int batch = 1 + random.nextInt(12);
            final List<Taken> whole = take(records, batch, ImagePosition.at(0));
            for (int done = 0; done < whole.size(); done++) {
                final ImagePosition end = whole.get(done).end;
                final List<Taken> rest = take(from(records, end.next()), batch, end);
                assertThat(rest).extracting(taken -> List.of(taken.end, LongStream.of(taken.ids).boxed().toList()))
                        .isEqualTo(whole.subList(done + 1, whole.size()).stream()
                                .map(taken -> List.of(taken.end, LongStream.of(taken.ids).boxed().toList())).toList());
            }
        }
    }

    @Test
    void aBatchMayEndExactlyWithItsRecord() {
        final List<Taken> batches = take(records(4, 4, 4), 8, ImagePosition.at(0));

        assertThat(batches).singleElement().extracting(taken -> taken.end)
                .isEqualTo(new ImagePosition(new StreamPosition(2, Map.of(0, 1L, 1, 1L)), 0));
    }

    @Test
    void aBatchThatEndsInsideARecordKeepsThatRecordsOffset() {
        final List<Taken> batches = take(records(4, 4, 4), 6, ImagePosition.at(0));

        assertThat(batches.getFirst().end).isEqualTo(new ImagePosition(new StreamPosition(1, Map.of(0, 1L, 1, 0L)), 2));
        assertThat(batches.getLast().end).isEqualTo(new ImagePosition(new StreamPosition(3, Map.of(0, 3L, 1, 1L)), 0));
    }

    @Test
    void packsNoMoreThanWhatIsAskedFor() {
        final List<Long> asked = new ArrayList<>();
        final BlockBuffers buffers = new BlockBuffers(3, 4 * HEIGHT * WIDTH * CHANNELS);
        StepVerifier.create(Rebatch.full(Flux.fromIterable(records(64, 64, 64)).hide().doOnRequest(asked::add), stream, 4,
                ImagePosition.at(0), buffers), 0)
                .thenRequest(1).expectNextCount(1).thenRequest(1).expectNextCount(1)
                // nothing was packed ahead, so the buffer of a third batch is still free
                .thenCancel().verify();
        assertThat(asked).isNotEmpty().allMatch(n -> n == 1);
    }

    @Test
    void aBatchThatIsNotGivenBackIsAnErrorAndNotAWait() {
        final BlockBuffers buffers = new BlockBuffers(2, 4 * HEIGHT * WIDTH * CHANNELS);
        StepVerifier.create(Rebatch.full(Flux.fromIterable(records(64)), stream, 4, ImagePosition.at(0), buffers))
                .expectNextCount(2)
                .verifyErrorMessage("all 2 buffers for image blocks are lent: a block was not given back");
    }

    @Test
    void theLastBlockMayHoldTheRest() {
        final Random random = new Random(3);
        for (int trial = 0; trial < 100; trial++) {
            final List<BatchRecord> records = records(random.ints(1 + random.nextInt(12), 0, 9).toArray());
            final int size = 1 + random.nextInt(20);
            final List<Taken> blocks = take(records, size, ImagePosition.at(0), Rebatch::all);

            final long images = records.stream().mapToLong(record -> record.batch().count()).sum();
            assertThat(blocks).hasSize((int) Math.ceilDiv(images, size));
            assertThat(blocks.stream().flatMapToLong(taken -> LongStream.of(taken.ids)))
                    .containsExactlyElementsOf(LongStream.range(0, images).boxed().toList());
            assertThat(blocks).allSatisfy(RebatchTest::pixelsAndLabelsBelongToTheirIds);
            if (images > 0)
                assertThat(blocks.getLast().end.nextSequence()).isLessThanOrEqualTo(records.size());
        }
    }

    @Test
    void oneBufferServesAReaderThatEndsWithABlockBeforeItRequestsTheNext() {
        final ByteBuffer only = ByteBuffer.allocate(4 * HEIGHT * WIDTH * CHANNELS);
        final List<Long> ids = new ArrayList<>();
        Rebatch.all(Flux.fromIterable(records(3, 0, 5, 1, 2)), stream, 4, ImagePosition.at(0), only::clear)
                .concatMap(block -> Mono.fromRunnable(() -> {
                    pixelsAndLabelsBelongToTheirIds(Taken.of(block));
                    LongStream.of(block.sampleIds()).forEach(ids::add);
                }).subscribeOn(Schedulers.parallel()), 0).blockLast(Duration.ofSeconds(10));

        assertThat(ids).containsExactlyElementsOf(LongStream.range(0, 11).boxed().toList());
    }

    @Test
    void everySubscriberBeginsAnew() {
        final Flux<ImageBlock> blocks = Rebatch.all(Flux.fromIterable(records(3, 5)), stream, 4, ImagePosition.at(0),
                () -> ByteBuffer.allocate(4 * HEIGHT * WIDTH * CHANNELS));

        assertThat(blocks.map(ImageBlock::count).collectList().block()).containsExactly(4, 4);
        assertThat(blocks.take(1).map(block -> block.sampleIds()[0]).blockLast()).isZero();
    }

    @Test
    void aStreamWithoutImagesHasNoBlock() {
        assertThat(take(records(0, 0), 4, ImagePosition.at(0), Rebatch::all)).isEmpty();
        assertThat(take(records(), 4, ImagePosition.at(0), Rebatch::all)).isEmpty();
    }

    @Test
    void aRecordThatIsShorterThanWhatWasUsedOfItIsNamed() {
        final ImagePosition beyond = new ImagePosition(new StreamPosition(0, Map.of()), 5);
        assertThatThrownBy(() -> take(records(4), 2, beyond)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("record 0 of stream s holds 4 images, but the checkpoint has used 5");
    }

    @Test
    void aRecordOfAnotherShapeIsNamed() {
        final ImageBatchView other = new ImageBatchView("s", 0, 7, 0, 9, WIDTH, CHANNELS, new int[0], new long[0],
                ByteBuffer.allocate(0));
        assertThatThrownBy(() -> take(List.of(new BatchRecord(other, 0, 0, 0)), 2, ImagePosition.at(7)))
                .hasMessageContaining("record 7 of stream s holds images of 9x2x1, but the stream says 3x2x1");
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Taken(byte[] pixels, long[] ids, int[] labels, ImagePosition end) {
        static Taken of(ImageBlock block) {
            final byte[] pixels = new byte[block.pixels().remaining()];
            block.pixels().get(block.pixels().position(), pixels);
            return new Taken(pixels, block.sampleIds(), block.labels(), block.end());
        }
    }

    /** {@link Rebatch#full} or {@link Rebatch#all}. */
    @FunctionalInterface
    private interface Way {
        Flux<ImageBlock> blocks(Flux<BatchRecord> records, Stream stream, int size, ImagePosition from,
                Supplier<ByteBuffer> buffers);
    }

    private List<Taken> take(List<BatchRecord> records, int batch, ImagePosition from) {
        return take(records, batch, from, Rebatch::full);
    }

    private List<Taken> take(List<BatchRecord> records, int size, ImagePosition from, Way way) {
        final BlockBuffers buffers = new BlockBuffers(3, size * HEIGHT * WIDTH * CHANNELS);
        return way.blocks(Flux.fromIterable(records), stream, size, from, buffers).map(block -> {
            final Taken taken = Taken.of(block);
            buffers.giveBack(block);
            return taken;
        }).collectList().block();
    }

    private static void pixelsAndLabelsBelongToTheirIds(Taken taken) {
        final int imageBytes = HEIGHT * WIDTH * CHANNELS;
        for (int i = 0; i < taken.pixels.length; i++)
            assertThat(taken.pixels[i]).isEqualTo(pixel(taken.ids[i / imageBytes], i % imageBytes));
        for (int i = 0; i < taken.ids.length; i++)
            assertThat(taken.labels[i]).isEqualTo((int) (taken.ids[i] % 7));
    }

    /** Records of the given sizes with consecutive ids. Partitions and offsets are those of a broker whose log has transaction markers. */
    private static List<BatchRecord> records(int... counts) {
        final List<BatchRecord> records = new ArrayList<>();
        long id = 0;
        for (int sequence = 0; sequence < counts.length; sequence++) {
            final long[] ids = LongStream.range(id, id + counts[sequence]).toArray();
            final int[] labels = LongStream.of(ids).mapToInt(each -> (int) (each % 7)).toArray();
            final ByteBuffer pixels = ByteBuffer.allocate(ids.length * HEIGHT * WIDTH * CHANNELS);
            for (final long each : ids)
                for (int i = 0; i < HEIGHT * WIDTH * CHANNELS; i++)
                    pixels.put(pixel(each, i));
            records.add(new BatchRecord(new ImageBatchView("s", id / 10, sequence, ids.length, HEIGHT, WIDTH, CHANNELS, labels,
                    ids, pixels.flip().asReadOnlyBuffer()), sequence % PARTITIONS, sequence / PARTITIONS * 2L,
                    pixels.limit()));
            id += ids.length;
        }
        return records;
    }

    /** The records that a reader delivers after it seeks to {@code position}. */
    private static List<BatchRecord> from(List<BatchRecord> records, StreamPosition position) {
        return records.stream().filter(record -> record.offset() >= position.offsets().getOrDefault(record.partition(), 0L))
                .filter(record -> record.sequence() >= position.nextSequence()).toList();
    }

    private static byte pixel(long id, int place) {
        return (byte) (id * 31 + place);
    }
}
