package retort.trainer.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.ScriptMethod;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A compiled TorchScript class. Its methods run natively, and gradients flow through them. It holds configuration and no weights; the
 * weights are arguments of each call. Engine's thread only. The caller that compiles a program closes it.
 */
public final class Program implements AutoCloseable {
    private final PtSymbolBlock module;

    private Program(PtSymbolBlock module) {
        this.module = module;
    }

    /**
     * Compiles a program.
     *
     * @param source one TorchScript class
     * @param attributes a value for each of its attributes: Integer, Double, Boolean, String or a List of Integer
     * @throws IllegalArgumentException if the source does not compile, or an attribute has no value; the message shows the line
     */
    public static Program compile(NDManager manager, String source, Map<String, Object> attributes) {
        try (var archive = new ByteArrayInputStream(archive(source, attributes))) {
            return new Program(JniUtils.loadModule((PtNDManager) manager, archive, false, false));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ai.djl.engine.EngineException e) {
            throw new IllegalArgumentException("the TorchScript program does not compile: " + e.getMessage(), e);
        }
    }

    /** The TorchScript archive that {@link #compile} loads. Any thread. */
    public static byte[] archive(String source, Map<String, Object> attributes) {
        try {
            return ScriptArchive.pack(source, attributes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Runs a method in the gradient mode of the thread.
     *
     * @param arguments NDArray, NDList (List[Tensor]), Map of NDArray (Dict[str, Tensor]), Long, Integer, Double, Boolean, a List of
     *     Integer or Double, or an IValue that the caller still owns
     * @return the result; the caller closes it
     */
    public IValue call(String method, Object... arguments) {
        return run(method, true, arguments);
    }

    /** As {@link #call}, in inference mode: no tensor is kept for a gradient. */
    public IValue infer(String method, Object... arguments) {
        return run(method, false, arguments);
    }

    private IValue run(String method, boolean gradients, Object... arguments) {
        final List<IValue> own = new ArrayList<>();
        try {
            final IValue[] values = new IValue[arguments.length];
            for (int i = 0; i < values.length; i++) {
                if (arguments[i] instanceof IValue given) {
                    values[i] = given;
                } else {
                    values[i] = value(arguments[i]);
                    own.add(values[i]);
                }
            }
            return ScriptMethod.run(module, method, gradients, values);
        } finally {
            own.forEach(IValue::close);
        }
    }

    /** Makes an argument that can be used in many calls. It refers to its arrays and does not copy them. The caller closes it. */
    public static IValue value(Object argument) {
        return switch (argument) {
            case PtNDArray array -> IValue.from(array);
            case NDList list -> IValue.listFrom(list.stream().map(PtNDArray.class::cast).toArray(PtNDArray[]::new));
            case Map<?, ?> map -> IValue.stringMapFrom(map.entrySet().stream()
                    .collect(Collectors.toMap(entry -> (String) entry.getKey(), entry -> (PtNDArray) entry.getValue())));
            case Boolean flag -> IValue.from(flag);
            case Double real -> IValue.from(real);
            case Integer number -> IValue.from(number.longValue());
            case Long number -> IValue.from(number);
            case String text -> IValue.from(text);
            case List<?> list when list.stream().allMatch(Double.class::isInstance) && !list.isEmpty() ->
                IValue.listFrom(list.stream().mapToDouble(Double.class::cast).toArray());
            case List<?> list -> IValue.listFrom(list.stream().mapToLong(number -> ((Number) number).longValue()).toArray());
            default -> throw new IllegalArgumentException("no TorchScript value for a " + argument.getClass().getName());
        };
    }

    /** Takes the tensor out of {@code result} and closes {@code result}. The manager owns the tensor. */
    public static NDArray tensor(NDManager manager, IValue result) {
        try (result) {
            return result.toTensor((PtNDManager) manager);
        }
    }

    /** Takes the tensors out of a List[Tensor] and closes {@code result}. The manager owns the tensors. */
    public static List<NDArray> list(NDManager manager, IValue result) {
        try (result) {
            return List.of(result.toTensorArray((PtNDManager) manager));
        }
    }

    /** Takes the first element out of a tuple, and closes the tuple and its other elements. The caller closes the element. */
    public static IValue first(IValue result) {
        return element(result, 0);
    }

    /** Takes the second element out of a tuple, and closes the tuple and its other elements. The caller closes the element. */
    public static IValue second(IValue result) {
        return element(result, 1);
    }

    private static IValue element(IValue result, int index) {
        try (result) {
            final IValue[] parts = result.toIValueTuple();
            for (int i = 0; i < parts.length; i++)
                if (i != index)
                    parts[i].close();
            return parts[index];
        }
    }

    /** Takes the tensors out of a Dict[str, Tensor] and closes {@code result}. The manager owns the tensors. */
    public static Map<String, NDArray> tensors(NDManager manager, IValue result) {
        try (result) {
            final Map<String, IValue> values = result.toIValueMap();
            try {
                return values.entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().toTensor((PtNDManager) manager)));
            } finally {
                closeAll(values.values());
            }
        }
    }

    private static void closeAll(Collection<IValue> values) {
        values.forEach(IValue::close);
    }

    @Override
    public void close() {
        module.close();
    }
}
