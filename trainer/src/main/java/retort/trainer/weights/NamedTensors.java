package retort.trainer.weights;

import java.util.Map;
import java.util.TreeMap;

/**
 * Tensors that a writer asks for one by one. The writer gets names, types and shapes of all tensors at the start, and the elements of a
 * tensor when it writes this tensor. So a model can be written that fits into memory only once.
 */
public interface NamedTensors {
    /** Type and shape of a tensor. */
    @SuppressWarnings("ArrayRecordComponent") // it carries arrays and is never compared
    record Form(DType dtype, long[] shape) {
        public long bytes() {
            return Math.multiplyExact(HostTensor.elements(shape), dtype.bytes());
        }
    }

    /** Types and shapes of all tensors, by name. */
    Map<String, Form> forms();

    /** Returns the tensor called {@code name}. Its elements are valid until the next tensor is asked for. */
    HostTensor tensor(String name);

    /** Named tensors that are all in memory, or that are views of a mapped file. */
    static NamedTensors of(Map<String, HostTensor> tensors) {
        final Map<String, Form> forms = new TreeMap<>();
        tensors.forEach((name, tensor) -> forms.put(name, new Form(tensor.dtype(), tensor.shape())));
        return new NamedTensors() {
            @Override
            public Map<String, Form> forms() {
                return forms;
            }

            @Override
            public HostTensor tensor(String name) {
                final HostTensor found = tensors.get(name);
                if (found == null)
                    throw new IllegalArgumentException("there is no tensor " + name);
                return found;
            }
        };
    }
}
