package retort.evaluator.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import retort.codec.ImageBatchView;
import retort.record.Stream;

class BlockCutterTest {
    private static final int IMAGE_BYTES = 6;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 7, 11, 100})
    void everyImageIsInOneBlockWithItsOwnLabelAndPixels(int size) {
        final Flux<ImageBatchView> records = records(3, 0, 5, 1, 2);

        final List<Integer> sizes = new ArrayList<>();
        final List<Long> ids = new ArrayList<>();
        BlockCutter.cut(records, stream(2), size).concatMap(block -> Mono.fromRunnable(() -> {
            sizes.add(block.count());
            for (int i = 0; i < block.count(); i++) {
                final long id = block.sampleIds()[i];
                ids.add(id);
                assertThat(block.labels()[i]).isEqualTo((int) id % 3);
                assertThat(block.pixels().get(i * IMAGE_BYTES + 5)).isEqualTo((byte) (id * 10 + 5));
            }
            assertThat(block.pixels().isDirect()).isTrue();
            assertThat(block.pixels().remaining()).isEqualTo(block.count() * IMAGE_BYTES);
        }).subscribeOn(Schedulers.parallel()), 0).blockLast(Duration.ofSeconds(10)); // another thread: a block is used while the next may be filled

        assertThat(ids).containsExactlyElementsOf(LongStream.range(0, 11).boxed().toList());
        assertThat(sizes.subList(0, sizes.size() - 1)).allMatch(count -> count == size);
        assertThat(sizes).hasSize(Math.ceilDiv(11, size));
    }

    @Test
    void aRecordOfAnotherShapeStopsThePass() {
        StepVerifier.create(BlockCutter.cut(records(2), stream(3), 4))
                .verifyErrorMessage("record 0 of stream val holds images of 2x3x1, but the stream says 3x3x1");
    }

    @Test
    void anEmptyStreamHasNoBlock() {
        StepVerifier.create(BlockCutter.cut(records(0, 0), stream(2), 4)).verifyComplete();
    }

    private static Flux<ImageBatchView> records(int... counts) {
        final List<ImageBatchView> records = new ArrayList<>();
        long first = 0;
        for (int sequence = 0; sequence < counts.length; sequence++) {
            final long[] ids = LongStream.range(first, first + counts[sequence]).toArray();
            final ByteBuffer pixels = ByteBuffer.allocate(ids.length * IMAGE_BYTES);
            for (final long id : ids)
                IntStream.range(0, IMAGE_BYTES).forEach(i -> pixels.put((byte) (id * 10 + i)));
            records.add(new ImageBatchView("val", 0, sequence, ids.length, 2, 3, 1,
                    LongStream.of(ids).mapToInt(id -> (int) id % 3).toArray(), ids, pixels.flip().asReadOnlyBuffer()));
            first += counts[sequence];
        }
        return Flux.fromIterable(records);
    }

    private static Stream stream(int height) {
        return Stream.newBuilder().setName("val").setSource("test").setRecipe("none").setSeed(0).setChannels(1).setHeight(height)
                .setWidth(3).setMean(List.of(0.5)).setStd(List.of(0.5)).setClassNames(List.of()).setImagesPerRecord(5)
                .setPartitions(1).setSettingsHash("").setCreatedAt(Instant.EPOCH).build();
    }
}
