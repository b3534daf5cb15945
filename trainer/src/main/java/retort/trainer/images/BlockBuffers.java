package retort.trainer.images;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * A fixed number of direct buffers for the pixels of {@link ImageBlock}s. All are allocated at the start; each is lent and given
 * back again and again. Any thread. The garbage collector frees their memory, because a source that is being cancelled may still
 * write to a buffer after its reader has ended.
 */
public final class BlockBuffers implements Supplier<ByteBuffer> {
    /** Buffers begin at the start of a memory page, because copies to a GPU are fastest from there. */
    private static final long ALIGNMENT_BYTES = 4096;

    private final ConcurrentLinkedQueue<ByteBuffer> free = new ConcurrentLinkedQueue<>();
    private final int count;

    /**
     * @param count number of buffers
     * @param bytes size of each
     */
    public BlockBuffers(int count, int bytes) {
        this.count = count;
        for (int i = 0; i < count; i++)
            free.add(Arena.ofAuto().allocate(bytes, ALIGNMENT_BYTES).asByteBuffer());
    }

    /**
     * Lends a buffer. It is cleared; its content is unspecified. Does not block, because demand bounds the blocks that exist.
     *
     * @throws IllegalStateException if all buffers are lent, which means that a block was not given back
     */
    @Override
    public ByteBuffer get() {
        final ByteBuffer buffer = free.poll();
        if (buffer == null)
            throw new IllegalStateException("all " + count + " buffers for image blocks are lent: a block was not given back");
        return buffer.clear();
    }

    /** Takes back the buffer of a block. Nobody may read the block afterwards. */
    public void giveBack(ImageBlock block) {
        free.add(block.pixels());
    }
}
