package retort.trainer.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import retort.trainer.weights.DType;
import retort.trainer.weights.HostTensor;

/** Copies tensors between host and device. Engine's thread only. */
public final class DeviceTensors {
    private DeviceTensors() {
    }

    /** A float32 copy of a tensor of any floating type, on the device of {@code manager}, which owns the copy. */
    public static NDArray upload(NDManager manager, HostTensor tensor) {
        final ByteBuffer values = tensor.asFloat32().view();
        final Shape shape = new Shape(tensor.shape());
        if (isAligned(values))
            return copy(manager, values, shape);
        try (Arena staging = Arena.ofConfined()) { // frees the memory here, because a direct buffer waits for a collection
            final MemorySegment staged = staging.allocate(Math.max(1, values.limit()), Float.BYTES);
            MemorySegment.copy(MemorySegment.ofBuffer(values), 0, staged, 0, values.limit());
            return copy(manager, staged.asSlice(0, values.limit()).asByteBuffer().order(ByteOrder.nativeOrder()), shape);
        }
    }

    /**
     * A copy in the tensor's own type, F32 or I64, on the device of {@code manager}, which owns the copy.
     *
     * @throws IllegalArgumentException if the tensor has another type
     */
    public static NDArray uploadAsIs(NDManager manager, HostTensor tensor) {
        final Shape shape = new Shape(tensor.shape());
        return switch (tensor.dtype()) {
            case F32 -> manager.create(tensor.view().asFloatBuffer(), shape, DataType.FLOAT32);
            case I64 -> manager.create(tensor.view().asLongBuffer(), shape, DataType.INT64);
            default -> throw new IllegalArgumentException("an argument of the program is F32 or I64, not " + tensor.dtype());
        };
    }

    /** True if PyTorch may read {@code values} without a copy: direct, aligned to a float, and not empty. */
    private static boolean isAligned(ByteBuffer values) {
        return values.isDirect() && MemorySegment.ofBuffer(values).address() % Float.BYTES == 0 && values.hasRemaining();
    }

    private static NDArray copy(NDManager manager, ByteBuffer values, Shape shape) {
        try (NDArray view = manager.create(values, shape, DataType.FLOAT32)) {
            return view.duplicate(); // on a CPU the view shares the buffer's memory, and the optimiser would write to it
        }
    }

    /** A host copy of a float32 array. */
    public static HostTensor download(NDArray array) {
        try (NDArray host = array.toDevice(Device.cpu(), true)) {
            return tensor(host, host.toByteBuffer(false));
        }
    }

    /** Copies the elements of a float32 array into {@code to}, a tensor of the same shape. Waits for the device. */
    public static void copy(NDArray from, HostTensor to) {
        final HostTensor values = from.getDevice().equals(Device.cpu()) ? tensor(from, from.toByteBuffer(true)) : download(from);
        to.view().put(values.view());
    }

    private static HostTensor tensor(NDArray array, ByteBuffer data) {
        return new HostTensor(DType.F32, array.getShape().getShape(), data.order(ByteOrder.LITTLE_ENDIAN).rewind());
    }
}
