package retort.evaluator.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import retort.random.CounterRandom;
import retort.trainer.images.ImageBlock;
import retort.trainer.images.ImagePosition;

class SubsetTest {
    private static final int BYTES = 3;

    /** The expected images are counted independently: all ids sorted by their random number. */
    @ParameterizedTest
    @CsvSource({"1000, 17, 32, 8", "1000, 1000, 10, 7", "5, 64, 4, 4", "100, 1, 100, 1"})
    void drawsExactlySoManyImagesInTheOrderOfTheStream(int images, int drawn, int blocks, int size) {
        final List<Long> expected = LongStream.range(0, images).boxed()
                .sorted(Comparator.comparingLong(id -> CounterRandom.of(9, "subset", 0, id).nextLong())).limit(drawn).sorted()
                .toList();

        final List<Long> found = new ArrayList<>();
        for (final ImageBlock block : draw(new Subset(drawn, 9), images, Math.min(blocks, size), size)) {
            for (int i = 0; i < block.count(); i++) {
                assertThat(block.pixels().get(i * BYTES)).isEqualTo((byte) block.sampleIds()[i]);
                assertThat(block.labels()[i]).isEqualTo((int) block.sampleIds()[i] % 10);
                found.add(block.sampleIds()[i]);
            }
            assertThat(block.pixels().remaining()).isEqualTo(block.count() * BYTES);
        }
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void aLargerSubsetHasAllImagesOfASmallerOne() {
        final List<Long> small = ids(new Subset(10, 3));
        assertThat(new HashSet<>(ids(new Subset(30, 3)))).containsAll(small);
        assertThat(ids(new Subset(10, 4))).as("another seed").isNotEqualTo(small);
    }

    @Test
    void requestsNoMoreThanItIsAskedFor() {
        final Subset subset = new Subset(1000, 9);
        final Flux<ImageBlock> drawn = subset.of(stream(1000, 10), Long.MAX_VALUE, 10, () -> ByteBuffer.allocate(10 * BYTES));
        StepVerifier.create(drawn, 0).thenRequest(1).expectNextCount(1).thenRequest(2).expectNextCount(2).thenCancel().verify();
    }

    private static List<Long> ids(Subset subset) {
        return draw(subset, 500, 16, 16).stream().flatMap(block -> Arrays.stream(block.sampleIds()).boxed()).toList();
    }

    private static List<ImageBlock> draw(Subset subset, int images, int blocks, int size) {
        final long highest = subset.highestNumber(stream(images, blocks)).blockOptional().orElseThrow();
        return subset.of(stream(images, blocks), highest, size, () -> ByteBuffer.allocate(size * BYTES)).collectList()
                .blockOptional().orElseThrow();
    }

    private static Flux<ImageBlock> stream(int images, int size) {
        return Flux.range(0, Math.ceilDiv(images, size)).map(block -> {
            final long[] ids = LongStream.range((long) block * size, Math.min(images, (block + 1L) * size)).toArray();
            final ByteBuffer pixels = ByteBuffer.allocate(ids.length * BYTES);
            for (final long id : ids)
                pixels.put(new byte[]{(byte) id, 1, 2});
            return new ImageBlock(pixels.flip(), ids, Arrays.stream(ids).mapToInt(id -> (int) id % 10).toArray(),
                    ImagePosition.at(0));
        });
    }
}
