package retort.evaluator.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import retort.trainer.images.ImageBlock;
import retort.trainer.images.ImagePosition;

class DrawnImagesTest {
    @Test
    void theOrderAndTheBlocksOfTheStreamDoNotMatter() {
        final long[] ids = LongStream.range(100, 200).toArray();
        final long[] backwards = LongStream.range(0, 100).map(i -> 199 - i).toArray();

        final ImageBlock drawn = drawn(5, 7, ids, 10);

        assertThat(drawn.sampleIds()).hasSize(5).isEqualTo(drawn(5, 7, backwards, 33).sampleIds());
        assertThat(drawn(5, 8, ids, 10).sampleIds()).as("another seed").isNotEqualTo(drawn.sampleIds());
        assertThat(drawn(3, 7, ids, 10).sampleIds()).as("fewer of the same").isEqualTo(Arrays.copyOf(drawn.sampleIds(), 3));
        for (int i = 0; i < 5; i++) {
            assertThat(drawn.pixels().get(i * 4)).as("its own pixels").isEqualTo((byte) drawn.sampleIds()[i]);
            assertThat(drawn.labels()[i]).isEqualTo((int) drawn.sampleIds()[i] % 3);
        }
    }

    @Test
    void aShortStreamIsDrawnWholeAndNoneIsNone() {
        assertThat(drawn(64, 0, new long[]{3, 1, 2}, 2).sampleIds()).containsExactlyInAnyOrder(1, 2, 3);
        final DrawnImages none = new DrawnImages(0, 0);
        none.offer(block(new long[]{1}));
        assertThat(none.block()).isEmpty();
    }

    private static ImageBlock drawn(int count, long seed, long[] ids, int size) {
        final DrawnImages images = new DrawnImages(count, seed);
        for (int from = 0; from < ids.length; from += size)
            images.offer(block(Arrays.copyOfRange(ids, from, Math.min(ids.length, from + size))));
        return images.block().orElseThrow();
    }

    private static ImageBlock block(long[] ids) {
        final ByteBuffer pixels = ByteBuffer.allocate(ids.length * 4);
        for (final long id : ids)
            pixels.put(new byte[]{(byte) id, 0, 0, 0});
        return new ImageBlock(pixels.flip(), ids, Arrays.stream(ids).mapToInt(id -> (int) id % 3).toArray(), ImagePosition.at(0));
    }
}
