package retort.trainer.learn;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Losses that may still be in the making on a device. Reading waits for the device, so read them late: after the next step has been
 * given, or every so many steps. Engine's thread only; closed by reading or by {@link #close}.
 */
public final class PendingLosses implements AutoCloseable {
    private final NDArray values;
    private final List<String> parts;
    private final double learningRate;

    /** @param values (parts + 1): the parts and the gradient's norm */
    PendingLosses(NDArray values, List<String> parts, double learningRate) {
        this.values = values;
        this.parts = parts;
        this.learningRate = learningRate;
    }

    /** Waits for the step to finish and frees what it left. Once only. */
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
