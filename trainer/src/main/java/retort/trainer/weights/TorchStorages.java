package retort.trainer.weights;

import java.lang.foreign.MemorySegment;

/** The raw bytes beside a checkpoint's pickle, which its tensors are views of. */
@FunctionalInterface
interface TorchStorages {
    /**
     * @return exactly {@code bytes} bytes, a slice of the mapped file
     * @throws WeightsException where there is no such storage, or it has another length or is damaged
     */
    MemorySegment storage(String key, long bytes);
}
