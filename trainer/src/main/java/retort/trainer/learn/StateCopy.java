package retort.trainer.learn;

import java.lang.foreign.Arena;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.NamedTensors;

/**
 * A copy of a learner's weights and of its optimiser's state, in native memory outside the heap. A checkpoint is written from the copy
 * while the learner takes its next steps. The memory is taken once and its pages are touched then, so that no later copy waits for
 * them; every {@link Learner#copyTo} writes over the copy before.
 * <p>
 * Any thread may read the tensors, but not while {@link Learner#copyTo} writes them. The caller that makes the copy closes it, which frees
 * the memory; the tensors cannot be read afterwards.
 */
public final class StateCopy implements AutoCloseable {
    private static final long ALIGNMENT = 64;

    private final Arena arena = Arena.ofShared();
    private final Map<String, HostTensor> weights;
    private final Map<String, HostTensor> optimizer;

    StateCopy(Map<String, NamedTensors.Form> weights, Map<String, NamedTensors.Form> optimizer) {
        try {
            this.weights = allocate(weights);
            this.optimizer = allocate(optimizer);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /** An arena fills what it allocates with zeros, which touches every page. */
    private Map<String, HostTensor> allocate(Map<String, NamedTensors.Form> forms) {
        final Map<String, HostTensor> tensors = new LinkedHashMap<>();
        forms.forEach((name, form) -> tensors.put(name, new HostTensor(form.dtype(), form.shape(),
                arena.allocate(form.bytes(), ALIGNMENT).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN))));
        return tensors;
    }

    /** The weights, by the names that MAE and timm use. */
    public Map<String, HostTensor> weights() {
        return weights;
    }

    /** The optimiser's state, by the names of {@link Learner#optimizerState}. */
    public Map<String, HostTensor> optimizer() {
        return optimizer;
    }

    @Override
    public void close() {
        arena.close();
    }
}
