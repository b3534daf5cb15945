package retort.trainer.learn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import retort.trainer.engine.DeviceTensors;
import retort.trainer.engine.Program;
import retort.trainer.model.Parameter;
import retort.trainer.weights.DType;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.NamedTensors;
import retort.trainer.weights.WeightsException;

/**
 * Tensors of a model on the device, by name, and the dictionary of them that the program takes. Owns its arrays under a manager of its
 * own, until it is closed. Engine's thread only.
 */
final class WeightSet implements AutoCloseable {
    private final NDManager manager;
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();
    private IValue dictionary;

    /** Makes each array before it asks for the next name. */
    private WeightSet(NDManager parent, Collection<String> names, BiFunction<NDManager, String, NDArray> make) {
        this.manager = parent.newSubManager();
        try {
            names.forEach(name -> arrays.put(name, make.apply(manager, name)));
            this.dictionary = Program.value(arrays);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /**
     * Uploads exactly the tensors that {@code parameters} name. A position table of another grid is resized.
     *
     * @param whose owner of the tensors, for messages
     * @throws WeightsException if a tensor is missing, left over, of another shape or not finite; the message lists all of them by name
     */
    static WeightSet of(NDManager parent, List<Parameter> parameters, Map<String, HostTensor> given, String whose) {
        return of(parent, parameters, given, whose, List.of());
    }

    /**
     * As {@link #of(NDManager, List, Map, String)}, but some tensors may be left over.
     *
     * @param leftOver names of tensors that need no place; {@code *} stands for any text
     */
    static WeightSet of(NDManager parent, List<Parameter> parameters, Map<String, HostTensor> given, String whose,
            Collection<String> leftOver) {
        final Map<String, HostTensor> fitting = PositionedFit.of(parameters, given, whose).allowing(List.of(), leftOver)
                .orRefuse(whose, "the model");
        final Map<String, HostTensor> ordered = new LinkedHashMap<>();
        parameters.forEach(parameter -> ordered.put(parameter.name(),
                Objects.requireNonNull(fitting.get(parameter.name()), parameter.name())));
        return of(parent, ordered);
    }

    /** Uploads tensors under any names. */
    static WeightSet of(NDManager parent, Map<String, HostTensor> values) {
        return new WeightSet(parent, values.keySet(),
                (manager, name) -> DeviceTensors.upload(manager, Objects.requireNonNull(values.get(name), name)));
    }

    /** Makes and uploads one value after another, so that the heap never holds all values of a large model. */
    static WeightSet of(NDManager parent, List<Parameter> parameters, Function<Parameter, HostTensor> value) {
        final Map<String, Parameter> byName = new LinkedHashMap<>();
        parameters.forEach(parameter -> byName.put(parameter.name(), parameter));
        return new WeightSet(parent, byName.keySet(), (manager, name) -> DeviceTensors.upload(manager,
                value.apply(Objects.requireNonNull(byName.get(name), name))));
    }

    /** Makes zeros of the shapes of {@code parameters} on the device. */
    static WeightSet zeros(NDManager parent, List<Parameter> parameters) {
        final Map<String, long[]> shapes = new LinkedHashMap<>();
        parameters.forEach(parameter -> shapes.put(parameter.name(), parameter.dimensions()));
        return new WeightSet(parent, shapes.keySet(), (manager, name) -> manager
                .zeros(new Shape(Objects.requireNonNull(shapes.get(name), name)), DataType.FLOAT32));
    }

    /**
     * Converts the dictionary to the element types that {@code program} multiplies in, and closes the arrays. Only {@link #dictionary}
     * may be used afterwards.
     */
    WeightSet freeze(Program program) {
        try (IValue before = dictionary) {
            dictionary = program.call("freeze", before);
        }
        arrays.values().forEach(NDArray::close);
        arrays.clear();
        return this;
    }

    /** The tensors as Dict[str, Tensor] of the program. This set owns and closes it. */
    IValue dictionary() {
        return dictionary;
    }

    /** The tensors of {@code parameters}, in their order, as List[Tensor] of the program. The caller closes it. */
    IValue list(List<Parameter> parameters) {
        return Program.value(arrays(parameters));
    }

    /** As {@link #list}, with gradients on for these tensors. The caller closes it. */
    IValue trainable(List<Parameter> parameters) {
        final NDList list = arrays(parameters);
        list.forEach(array -> JniUtils.attachGradient((PtNDArray) array, true));
        return Program.value(list);
    }

    private NDList arrays(List<Parameter> parameters) {
        final NDList list = new NDList(parameters.size());
        for (final Parameter parameter : parameters)
            list.add(array(parameter.name()));
        return list;
    }

    /** Host copies of all tensors, in the order of the set. */
    Map<String, HostTensor> download() {
        final Map<String, HostTensor> values = new LinkedHashMap<>();
        arrays.forEach((name, array) -> values.put(name, DeviceTensors.download(array)));
        return values;
    }

    Set<String> names() {
        return arrays.keySet();
    }

    /** Type and shape of the tensor called {@code name}. */
    NamedTensors.Form form(String name) {
        return new NamedTensors.Form(DType.F32, array(name).getShape().getShape());
    }

    /** Copies every tensor into the tensor of {@code to} whose name is {@code prefix} and the name in this set. */
    void copyTo(String prefix, Map<String, HostTensor> to) {
        arrays.forEach((name, array) -> DeviceTensors.copy(array, Objects.requireNonNull(to.get(prefix + name), name)));
    }

    private NDArray array(String name) {
        return Objects.requireNonNull(arrays.get(name), name);
    }

    @Override
    public void close() {
        dictionary.close();
        manager.close();
    }
}
