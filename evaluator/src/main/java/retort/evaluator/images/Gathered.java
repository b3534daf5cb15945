package retort.evaluator.images;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import retort.trainer.images.ImageBlock;

/** Gathers single images of blocks in new blocks of a fixed size. Called serially. */
final class Gathered {
    private final int size;
    private final Supplier<ByteBuffer> buffers;
    private final long[] sampleIds;
    private final int[] labels;
    private int count;
    private @Nullable ByteBuffer pixels;
    private @Nullable ImageBlock last;

    Gathered(int size, Supplier<ByteBuffer> buffers) {
        this.size = size;
        this.buffers = buffers;
        this.sampleIds = new long[size];
        this.labels = new int[size];
    }

    /** Copies image {@code i} of a block. */
    void add(ImageBlock block, int i) {
        final ByteBuffer into = pixels == null ? buffers.get() : pixels;
        pixels = into;
        final int bytes = block.pixels().remaining() / block.count();
        into.put(block.pixels().slice(block.pixels().position() + i * bytes, bytes));
        sampleIds[count] = block.sampleIds()[i];
        labels[count] = block.labels()[i];
        count++;
        last = block;
    }

    boolean isFull() {
        return count == size;
    }

    /** The images so far, as a block. The next image begins another one. */
    Optional<ImageBlock> take() {
        if (pixels == null || last == null)
            return Optional.empty();
        final ImageBlock taken = new ImageBlock(pixels.flip(), Arrays.copyOf(sampleIds, count), Arrays.copyOf(labels, count),
                last.end());
        pixels = null;
        count = 0;
        return Optional.of(taken);
    }
}
