package retort.trainer.weights;

import java.lang.foreign.MemorySegment;

/** The raw bytes beside a checkpoint's pickle. The tensors of the checkpoint are views of these bytes. */
@FunctionalInterface
interface TorchStorages {
    /**
     * Finds a storage.
     *
     * @param key its key in the file
     * @param bytes length that the pickle says
     * @return exactly {@code bytes} bytes: a slice of the mapped file, or memory of its own for a compressed record
     * @throws WeightsException if there is no such storage, or it has another length or is damaged
     */
    MemorySegment storage(String key, long bytes);
}
