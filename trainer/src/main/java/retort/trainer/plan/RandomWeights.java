package retort.trainer.plan;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import retort.trainer.model.Parameter;
import retort.trainer.weights.DType;
import retort.trainer.weights.HostTensor;

/** Weights for steps whose time is measured, which does not depend on their values. Stateless; any thread. */
public final class RandomWeights {
    private static final double SPREAD = 0.04;

    private RandomWeights() {
    }

    /** Float32 tensors by name, the same at every call. All share one block of memory outside the heap, as large as the largest tensor. */
    public static Map<String, HostTensor> of(List<Parameter> parameters) {
        final int largest = parameters.stream().mapToInt(Parameter::elements).max().orElse(0);
        final ByteBuffer noise = ByteBuffer.allocateDirect(largest * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        final SplittableRandom random = new SplittableRandom(0);
        while (noise.hasRemaining())
            noise.putFloat((float) random.nextDouble(-SPREAD, SPREAD));
        final Map<String, HostTensor> tensors = new HashMap<>();
        parameters.forEach(parameter -> tensors.put(parameter.name(),
                new HostTensor(DType.F32, parameter.dimensions(), noise.slice(0, parameter.elements() * Float.BYTES))));
        return tensors;
    }
}
