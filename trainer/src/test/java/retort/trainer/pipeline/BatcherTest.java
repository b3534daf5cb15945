package retort.trainer.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;

import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import retort.codec.ImageBatchView;
import retort.kafka.BatchRecord;
import retort.kafka.StreamPosition;
import retort.record.Stream;

class BatcherTest {
    private static final int HEIGHT = 3;
    private static final int WIDTH = 2;
    private static final int CHANNELS = 1;
    private static final int PARTITIONS = 2;

    private final Stream stream = new Stream("s", "memory:", "none", 0L, CHANNELS, HEIGHT, WIDTH, List.of(0.5), List.of(0.5),
            List.of(), 10L, 4, PARTITIONS, "hash", null, Instant.EPOCH);

    @Test
    void batchesAreExactAndInStreamOrderWhateverTheRecordsHold() {
        final Random random = new Random(1);
        for (int trial = 0; trial < 200; trial++) {
            final List<BatchRecord> records = records(random.ints(1 + random.nextInt(30), 0, 9).toArray());
            final int batch = 1 + random.nextInt(20);
            final List<Taken> batches = take(records, batch, RunPosition.at(0));

            final long images = records.stream().mapToLong(record -> record.batch().count()).sum();
            assertThat(batches).hasSize((int) (images / batch));
            assertThat(batches.stream().flatMapToLong(taken -> LongStream.of(taken.ids)))
                    .containsExactlyElementsOf(LongStream.range(0, images / batch * batch).boxed().toList());
            assertThat(batches).allSatisfy(BatcherTest::pixelsAndLabelsBelongToTheirIds);
        }
    }

    @Test
    void goesOnFromTheEndOfAnyBatchAsIfItHadNotStopped() {
        final Random random = new Random(2);
        for (int trial = 0; trial < 100; trial++) {
            final List<BatchRecord> records = records(random.ints(20, 0, 9).toArray());
            final int batch = 1 + random.nextInt(12);
            final List<Taken> whole = take(records, batch, RunPosition.at(0));
            for (int done = 0; done < whole.size(); done++) {
                final RunPosition end = whole.get(done).end;
                final List<Taken> rest = take(from(records, end.next()), batch, end);
                assertThat(rest).extracting(taken -> List.of(taken.end, LongStream.of(taken.ids).boxed().toList()))
                        .isEqualTo(whole.subList(done + 1, whole.size()).stream()
                                .map(taken -> List.of(taken.end, LongStream.of(taken.ids).boxed().toList())).toList());
            }
        }
    }

    @Test
    void aBatchMayEndExactlyWithItsRecord() {
        final List<Taken> batches = take(records(4, 4, 4), 8, RunPosition.at(0));

        assertThat(batches).singleElement().extracting(taken -> taken.end)
                .isEqualTo(new RunPosition(new StreamPosition(2, Map.of(0, 1L, 1, 1L)), 0));
    }

    @Test
    void aBatchThatEndsInsideARecordKeepsThatRecordsOffset() {
        final List<Taken> batches = take(records(4, 4, 4), 6, RunPosition.at(0));

        assertThat(batches.getFirst().end).isEqualTo(new RunPosition(new StreamPosition(1, Map.of(0, 1L, 1, 0L)), 2));
        assertThat(batches.getLast().end).isEqualTo(new RunPosition(new StreamPosition(3, Map.of(0, 3L, 1, 1L)), 0));
    }

    @Test
    void packsNoMoreThanWhatIsAskedFor() {
        final List<Long> asked = new ArrayList<>();
        final BatchBuffers buffers = new BatchBuffers(3, 4 * HEIGHT * WIDTH * CHANNELS);
        StepVerifier.create(Flux.fromIterable(records(64, 64, 64)).hide().doOnRequest(asked::add)
                .concatMap(new Batcher(stream, 4, RunPosition.at(0), buffers), 1), 0)
                .thenRequest(1).expectNextCount(1).thenRequest(1).expectNextCount(1)
                // nothing was packed ahead: a third batch's buffer is still free
                .thenCancel().verify();
        assertThat(asked).isNotEmpty().allMatch(n -> n == 1);
    }

    @Test
    void aBatchThatIsNotGivenBackIsAnErrorAndNotAWait() {
        final BatchBuffers buffers = new BatchBuffers(2, 4 * HEIGHT * WIDTH * CHANNELS);
        StepVerifier.create(Flux.fromIterable(records(64)).concatMap(
                new Batcher(stream, 4, RunPosition.at(0), buffers), 1)).expectNextCount(2)
                .verifyErrorMessage("all 2 batch buffers are lent: a batch was not given back");
    }

    @Test
    void aRecordThatIsShorterThanWhatWasUsedOfItIsNamed() {
        final RunPosition beyond = new RunPosition(new StreamPosition(0, Map.of()), 5);
        assertThatThrownBy(() -> take(records(4), 2, beyond)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("record 0 of stream s holds 4 images, but the checkpoint has used 5");
    }

    @Test
    void aRecordOfAnotherShapeIsNamed() {
        final ImageBatchView other = new ImageBatchView("s", 0, 7, 0, 9, WIDTH, CHANNELS, new int[0], new long[0],
                ByteBuffer.allocate(0));
        assertThatThrownBy(() -> take(List.of(new BatchRecord(other, 0, 0, 0)), 2, RunPosition.at(7)))
                .hasMessageContaining("record 7 of stream s holds images of 9x2x1, but the stream says 3x2x1");
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Taken(byte[] pixels, long[] ids, int[] labels, RunPosition end) {
    }

    private List<Taken> take(List<BatchRecord> records, int batch, RunPosition from) {
        final BatchBuffers buffers = new BatchBuffers(3, batch * HEIGHT * WIDTH * CHANNELS);
        return Flux.fromIterable(records).concatMap(new Batcher(stream, batch, from, buffers), 1).map(full -> {
            final byte[] pixels = new byte[full.pixels().capacity()];
            full.pixels().get(0, pixels);
            buffers.give(full);
            return new Taken(pixels, full.sampleIds(), full.labels(), full.end());
        }).collectList().block();
    }

    private static void pixelsAndLabelsBelongToTheirIds(Taken taken) {
        final int imageBytes = HEIGHT * WIDTH * CHANNELS;
        for (int i = 0; i < taken.pixels.length; i++)
            assertThat(taken.pixels[i]).isEqualTo(pixel(taken.ids[i / imageBytes], i % imageBytes));
        for (int i = 0; i < taken.ids.length; i++)
            assertThat(taken.labels[i]).isEqualTo((int) (taken.ids[i] % 7));
    }

    /** Records of the given sizes, ids counted through, partition and offset as a broker with markers would have them. */
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

    /** What a reader that seeks to {@code position} delivers. */
    private static List<BatchRecord> from(List<BatchRecord> records, StreamPosition position) {
        return records.stream().filter(record -> record.offset() >= position.offsets().getOrDefault(record.partition(), 0L))
                .filter(record -> record.sequence() >= position.nextSequence()).toList();
    }

    private static byte pixel(long id, int place) {
        return (byte) (id * 31 + place);
    }
}
