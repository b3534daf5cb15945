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

/** Tensors between host and device. Engine's thread only. */
public final class DeviceTensors {
    private DeviceTensors() {
    }

    /** A float32 copy on the manager's device, whichever floating type {@code tensor} has; the manager's to free. */
    public static NDArray upload(NDManager manager, HostTensor tensor) {
        final ByteBuffer values = tensor.asFloat32().view();
        final Shape shape = new Shape(tensor.shape());
        if (isAligned(values))
            return copy(manager, values, shape);
        try (Arena staging = Arena.ofConfined()) { // freed here: direct buffers wait for a collection
            final MemorySegment staged = staging.allocate(Math.max(1, values.limit()), Float.BYTES);
            MemorySegment.copy(MemorySegment.ofBuffer(values), 0, staged, 0, values.limit());
            return copy(manager, staged.asSlice(0, values.limit()).asByteBuffer().order(ByteOrder.nativeOrder()), shape);
        }
    }

    /**
     * A copy on the manager's device in the tensor's own type, which is F32 or I64; the manager's to free.
     *
     * @throws IllegalArgumentException for another type
     */
    public static NDArray uploadAsIs(NDManager manager, HostTensor tensor) {
        final Shape shape = new Shape(tensor.shape());
        return switch (tensor.dtype()) {
            case F32 -> manager.create(tensor.view().asFloatBuffer(), shape, DataType.FLOAT32);
            case I64 -> manager.create(tensor.view().asLongBuffer(), shape, DataType.INT64);
            default -> throw new IllegalArgumentException("an argument of the program is F32 or I64, not " + tensor.dtype());
        };
    }

    /** Whether the engine may read it where it lies. */
    private static boolean isAligned(ByteBuffer values) {
        return values.isDirect() && MemorySegment.ofBuffer(values).address() % Float.BYTES == 0 && values.hasRemaining();
    }

    private static NDArray copy(NDManager manager, ByteBuffer values, Shape shape) {
        try (NDArray view = manager.create(values, shape, DataType.FLOAT32)) {
            return view.duplicate(); // the view lies in the buffer's memory, where a CPU's optimiser would write
        }
    }

    /** A host copy of a float32 array. */
    public static HostTensor download(NDArray array) {
        try (NDArray host = array.toDevice(Device.cpu(), true)) {
            return tensor(host, host.toByteBuffer(false));
        }
    }

    /** The array's own memory on a CPU, to be read before the array changes or is closed; a copy from any other device. */
    public static HostTensor look(NDArray array) {
        return array.getDevice().equals(Device.cpu()) ? tensor(array, array.toByteBuffer(true)) : download(array);
    }

    private static HostTensor tensor(NDArray array, ByteBuffer data) {
        return new HostTensor(DType.F32, array.getShape().getShape(), data.order(ByteOrder.LITTLE_ENDIAN).rewind());
    }
}
