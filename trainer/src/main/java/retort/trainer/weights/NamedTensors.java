package retort.trainer.weights;

import java.util.Map;
import java.util.TreeMap;

/**
 * Tensors that are asked for one by one: what a writer must know of all of them beforehand, and each one's elements when its turn
 * comes. So a model is written that fits into memory once.
 */
public interface NamedTensors {
    /** Type and shape of a tensor. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    record Form(DType dtype, long[] shape) {
        long bytes() {
            return Math.multiplyExact(HostTensor.elements(shape), dtype.bytes());
        }
    }

    /** Of all tensors, by name. */
    Map<String, Form> forms();

    /** One of them; its elements are valid until the next is asked for. */
    HostTensor tensor(String name);

    /** Tensors that are all there. */
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
