package retort.trainer.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BlockBuffersTest {
    private final BlockBuffers buffers = new BlockBuffers(2, 100);

    @Test
    void everyBufferIsDirectClearedAndOfTheSizeAskedFor() {
        final ByteBuffer first = buffers.get();
        assertThat(first.isDirect()).isTrue();
        assertThat(first.capacity()).isEqualTo(100);
        buffers.giveBack(block(first.position(7).limit(9)));
        buffers.giveBack(block(buffers.get()));

        for (int i = 0; i < 2; i++)
            assertThat(buffers.get().remaining()).isEqualTo(100);
    }

    @Test
    void theSameBuffersAreLentAgainAndAgain() {
        final Set<ByteBuffer> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < 10; i++) {
            final ByteBuffer lent = buffers.get();
            seen.add(lent);
            buffers.giveBack(block(lent));
        }
        assertThat(seen).hasSize(2);
    }

    @Test
    void noMoreAreLentThanThereAre() {
        buffers.get();
        final ByteBuffer second = buffers.get();
        assertThatThrownBy(buffers::get).isInstanceOf(IllegalStateException.class)
                .hasMessage("all 2 buffers for image blocks are lent: a block was not given back");

        buffers.giveBack(block(second));
        assertThat(buffers.get()).isSameAs(second);
    }

    private static ImageBlock block(ByteBuffer pixels) {
        return new ImageBlock(pixels, new long[0], new int[0], ImagePosition.at(0));
    }
}
