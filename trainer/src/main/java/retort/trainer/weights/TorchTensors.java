package retort.trainer.weights;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import retort.pickle.Value;
import retort.pickle.Value.Call;
import retort.pickle.Value.Int;
import retort.pickle.Value.Name;
import retort.pickle.Value.Persistent;
import retort.pickle.Value.Tuple;

/**
 * Makes tensors from their descriptions in a pickle. A contiguous view stays a slice of its storage. The elements of any other view are
 * copied into memory of its own. All these copies together have a limit, because a view may repeat one element without end. Confined to
 * one thread.
 */
final class TorchTensors {
    private static final int MAX_AXES = 16;

    private final TorchStorages storages;
    private long budget;

    /** @param budget number of bytes that the copies of all views that are not contiguous may take */
    TorchTensors(TorchStorages storages, long budget) {
        this.storages = storages;
        this.budget = budget;
    }

    /**
     * Makes a tensor.
     *
     * @return empty if the value is not a tensor
     * @throws WeightsException if the description of the tensor is impossible; the message does not name the tensor
     */
    Optional<HostTensor> tensor(Value value) {
        if (!(value instanceof final Call call))
            return Optional.empty();
        return switch (call.callee().toString()) {
            case TorchNames.REBUILD_PARAMETER, TorchNames.REBUILD_PARAMETER_WITH_STATE -> {
                if (call.arguments().isEmpty() || !(call.arguments().getFirst() instanceof final Call inner)
                        || inner.callee().equals(call.callee()))
                    throw new WeightsException("is a parameter of no tensor");
                yield tensor(inner);
            }
            case TorchNames.REBUILD_TENSOR, TorchNames.REBUILD_TENSOR_V2 -> Optional.of(view(call.arguments()));
            case TorchNames.REBUILD_TENSOR_V3 -> typed(call.arguments());
            case TorchNames.REBUILD_FROM_TYPE -> ofType(call.arguments());
            default -> Optional.empty();
        };
    }

    /** @param arguments a function that makes a tensor, the tensor's class, and the function's arguments */
    private Optional<HostTensor> ofType(List<Value> arguments) {
        if (arguments.size() < 3 || !(arguments.get(0) instanceof final Name function)
                || !(arguments.get(2) instanceof Tuple(final List<Value> inner))
                || function.toString().equals(TorchNames.REBUILD_FROM_TYPE))
            throw new WeightsException("is an object of no tensor");
        return tensor(new Call(function, inner));
    }

    /** A view of untyped bytes. The seventh argument is the element type; empty if this type is not supported. */
    private Optional<HostTensor> typed(List<Value> arguments) {
        if (arguments.size() < 7 || !(arguments.get(6) instanceof final Name type)
                || !(arguments.getFirst() instanceof final Persistent reference))
            throw new WeightsException("is a view of no storage");
        return TorchNames.type(type).map(dtype -> view(arguments, TorchStorage.of(reference).as(dtype)));
    }

    private HostTensor view(List<Value> arguments) {
        if (arguments.size() < 4 || !(arguments.getFirst() instanceof final Persistent reference))
            throw new WeightsException("is a view of no storage");
        return view(arguments, TorchStorage.of(reference));
    }

    private HostTensor view(List<Value> arguments, TorchStorage storage) {
        final long offset = number(arguments.get(1), "offset");
        final long[] shape = numbers(arguments.get(2), "size");
        final long[] strides = numbers(arguments.get(3), "stride");
        if (shape.length != strides.length)
            throw new WeightsException("has " + shape.length + " sizes and " + strides.length + " strides");
        requireInside(storage, offset, shape, strides);
        final MemorySegment all = storages.storage(storage.key(), storage.bytes());
        final int width = storage.dtype().bytes();
        final long elements = HostTensor.elements(shape);
        if (elements > Integer.MAX_VALUE / width)
            throw new WeightsException("has " + elements + " elements; one tensor may have 2 GiB");
        final MemorySegment from = elements == 0 ? MemorySegment.NULL : all.asSlice(offset * width);
        final MemorySegment data = contiguous(shape, strides)
                ? from.asSlice(0, elements * width)
                : gather(from, shape, strides, width);
        final ByteBuffer bytes = data.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        return new HostTensor(storage.dtype(), shape, bytes);
    }

    private static void requireInside(TorchStorage storage, long offset, long[] shape, long[] strides) {
        try {
            long last = offset;
            for (int axis = 0; axis < shape.length; axis++)
                last = Math.addExact(last, Math.multiplyExact(shape[axis] - 1, strides[axis]));
            if (HostTensor.elements(shape) > 0 && last >= storage.elements())
                throw new WeightsException("is a view up to element " + last + " of storage " + storage.key() + ", which holds "
                        + storage.elements());
        } catch (ArithmeticException e) {
            throw new WeightsException("is an impossible view: size " + Arrays.toString(shape) + ", stride "
                    + Arrays.toString(strides), e);
        }
    }

    /** True if the view is row-major without gaps. The stride of an axis of length 1 does not matter. */
    private static boolean contiguous(long[] shape, long[] strides) {
        long expected = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            if (shape[axis] != 1 && strides[axis] != expected)
                return false;
            expected *= shape[axis];
        }
        return true;
    }

    private MemorySegment gather(MemorySegment from, long[] shape, long[] strides, int width) {
        final long elements = HostTensor.elements(shape);
        budget -= elements * width;
        if (budget < 0)
            throw new WeightsException("repeats its storage more often than any weight does");
        final MemorySegment data = Arena.ofAuto().allocate(elements * width, 8);
        final long[] index = new long[shape.length];
        long at = 0;
        for (long element = 0; element < elements; element++) {
            MemorySegment.copy(from, at * width, data, element * width, width);
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                at += strides[axis];
                if (++index[axis] < shape[axis])
                    break;
                at -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }
        return data;
    }

    private static long[] numbers(Value value, String what) {
        if (!(value instanceof Tuple(final List<Value> items)) || items.size() > MAX_AXES)
            throw new WeightsException("has " + value.kind() + " as its " + what);
        return items.stream().mapToLong(item -> number(item, what)).toArray();
    }

    private static long number(Value value, String what) {
        if (!(value instanceof Int(final BigInteger number)))
            throw new WeightsException("has " + value.kind() + " as its " + what);
        if (number.signum() < 0 || number.bitLength() > 62)
            throw new WeightsException("has the " + what + " " + number);
        return number.longValueExact();
    }
}
