package retort.trainer.pipeline;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The pixel buffers of a run: a fixed number, allocated once, recycled. Any thread. Their memory is freed with the last reference
 * to it: a source that is being cancelled may still write to one when its run is over.
 */
final class BatchBuffers {
    /** Pages are the least that transfers to a device like. */
    private static final long ALIGNMENT = 4096;

    private final ConcurrentLinkedQueue<ByteBuffer> free = new ConcurrentLinkedQueue<>();
    private final int count;

    /**
     * @param count buffers
     * @param bytes of each
     */
    BatchBuffers(int count, int bytes) {
        this.count = count;
        for (int i = 0; i < count; i++)
            free.add(Arena.ofAuto().allocate(bytes, ALIGNMENT).asByteBuffer());
    }

    /** A cleared buffer with unspecified content. Never blocks: demand bounds the batches alive. */
    ByteBuffer take() {
        final ByteBuffer buffer = free.poll();
        if (buffer == null)
            throw new IllegalStateException("all " + count + " batch buffers are lent: a batch was not given back");
        return buffer.clear();
    }

    /** Returns the buffer of a batch that nobody reads any more. */
    void give(TrainingBatch batch) {
        free.add(batch.pixels());
    }
}
