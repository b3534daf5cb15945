package retort.trainer.learn;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Losses that a device may still be computing. Reading waits for the device, so read them when the next step is queued. Engine's thread
 * only. Either {@link #read} or {@link #close} frees their native memory.
 */
public final class PendingLosses implements AutoCloseable {
    private final NDArray values;
    private final List<String> parts;
    private final double learningRate;

    /** @param values (parts + 1), float32: the parts, then the norm of the gradient */
    PendingLosses(NDArray values, List<String> parts, double learningRate) {
        this.values = values;
        this.parts = parts;
        this.learningRate = learningRate;
    }

    /** Waits for the step to finish, and frees the tensor. Call it once. */
    public Losses read() {
        try (values) {
            final float[] read = values.toFloatArray();
            final Map<String, Double> named = new LinkedHashMap<>();
            for (int i = 0; i < parts.size(); i++)
                if (!parts.get(i).isEmpty())
                    named.put(parts.get(i), (double) read[i]);
            return new Losses(named, read[parts.size()], learningRate);
        }
    }

    @Override
    public void close() {
        values.close();
    }
}
