package retort.trainer.learn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import retort.trainer.engine.DeviceTensors;
import retort.trainer.engine.Program;
import retort.trainer.model.Parameter;
import retort.trainer.model.PositionGrid;
import retort.trainer.weights.HostTensor;

/**
 * A model's tensors on the device, by name, and the dictionary of them that the program takes. Owns its arrays under a manager
 * of its own. Engine's thread only.
 */
final class WeightSet implements AutoCloseable {
    private final NDManager manager;
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();
    private IValue dictionary;

    private WeightSet(NDManager parent, Map<String, HostTensor> values) {
        this.manager = parent.newSubManager();
        values.forEach((name, value) -> arrays.put(name, DeviceTensors.upload(manager, value)));
        this.dictionary = Program.value(arrays);
    }

    /**
     * Takes from {@code given} the parameters that are asked for; it may hold more. A position table of another grid is resized.
     *
     * @throws IllegalArgumentException where one is missing or has another shape, naming all such
     */
    static WeightSet of(NDManager parent, List<Parameter> parameters, Map<String, HostTensor> given, String whose) {
        return new WeightSet(parent, fitting(parameters, given, whose));
    }

    /** Any tensors under any names. */
    static WeightSet of(NDManager parent, Map<String, HostTensor> values) {
        return new WeightSet(parent, values);
    }

    private static Map<String, HostTensor> fitting(List<Parameter> parameters, Map<String, HostTensor> given, String whose) {
        final Map<String, HostTensor> taken = new LinkedHashMap<>();
        final TreeSet<String> wrong = new TreeSet<>();
        for (final Parameter parameter : parameters) {
            final HostTensor found = given.get(parameter.name());
            if (found == null) {
                wrong.add(parameter.name() + " is missing");
                continue;
            }
            final HostTensor value = parameter.start() == Parameter.Start.POSITIONS && found.shape().length == 3
                    ? PositionGrid.resize(found, PositionGrid.side(parameter.shape().get(1)))
                    : found;
            if (Arrays.equals(value.shape(), parameter.dimensions()))
                taken.put(parameter.name(), value);
            else
                wrong.add(parameter.name() + " is " + Arrays.toString(value.shape()) + " and should be " + parameter.shape());
        }
        if (!wrong.isEmpty())
            throw new IllegalArgumentException(whose + " do not fit the model: " + String.join("; ", wrong));
        return taken;
    }

    /** From here on only {@link #dictionary} is there, in the types that {@code program} multiplies in. */
    WeightSet freeze(Program program) {
        try (IValue before = dictionary) {
            dictionary = program.call("freeze", before);
        }
        arrays.values().forEach(NDArray::close);
        arrays.clear();
        return this;
    }

    /** The program's Dict[str, Tensor]; stays this set's. */
    IValue dictionary() {
        return dictionary;
    }

    /** The program's List[Tensor] of {@code parameters}, in their order; the caller's to close. */
    IValue list(List<Parameter> parameters) {
        return Program.value(arrays(parameters));
    }

    /** The same of parameters that gradients are wanted for. */
    IValue trainable(List<Parameter> parameters) {
        final NDList list = arrays(parameters);
        list.forEach(array -> JniUtils.attachGradient((PtNDArray) array, true));
        return Program.value(list);
    }

    private NDList arrays(List<Parameter> parameters) {
        final NDList list = new NDList(parameters.size());
        for (final Parameter parameter : parameters)
            list.add(Objects.requireNonNull(arrays.get(parameter.name()), parameter.name()));
        return list;
    }

    /** Host copies of all, in their order. */
    Map<String, HostTensor> download() {
        final Map<String, HostTensor> values = new LinkedHashMap<>();
        arrays.forEach((name, array) -> values.put(name, DeviceTensors.download(array)));
        return values;
    }

    /** Zeros of the parameters' shapes, under their names. */
    static Map<String, HostTensor> zeros(List<Parameter> parameters) {
        final Map<String, HostTensor> zeros = new LinkedHashMap<>();
        parameters.forEach(parameter -> zeros.put(parameter.name(),
                HostTensor.ofFloats(new float[parameter.elements()], parameter.dimensions())));
        return zeros;
    }

    @Override
    public void close() {
        dictionary.close();
        manager.close();
    }
}
