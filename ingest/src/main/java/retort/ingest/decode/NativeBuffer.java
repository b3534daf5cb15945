package retort.ingest.decode;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Native memory that grows to the largest image met and is freed when it is closed. {@link #trim} frees the memory of a rare giant image.
 * One thread uses it at a time, not always the same thread.
 */
@SuppressWarnings("MustBeClosedChecker") // the arena is closed with the buffer
final class NativeBuffer implements AutoCloseable {
    /** The bytes that a buffer keeps between images. */
    private static final long KEPT = 16 << 20;

    private Arena arena = Arena.ofShared();
    private MemorySegment memory = MemorySegment.NULL;

    /** Returns {@code bytes} of memory with any content, valid until the next call. */
    MemorySegment take(long bytes) {
        if (memory.byteSize() < bytes) {
            close();
            arena = Arena.ofShared();
            memory = arena.allocate(bytes + bytes / 4, 64);
        }
        return memory.asSlice(0, bytes);
    }

    void trim() {
        if (memory.byteSize() > KEPT)
            close();
    }

    @Override
    public void close() {
        memory = MemorySegment.NULL;
        if (arena.scope().isAlive())
            arena.close();
    }
}
