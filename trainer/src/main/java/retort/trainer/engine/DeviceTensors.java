package retort.trainer.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
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
        try (NDArray view = manager.create(float32(tensor), new Shape(tensor.shape()), DataType.FLOAT32)) {
            return view.duplicate(); // the view lies in the buffer's memory, where a CPU's optimiser would write
        }
    }

    /** A host copy of a float32 array. */
    public static HostTensor download(NDArray array) {
        final ByteBuffer data = array.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN).rewind();
        return new HostTensor(DType.F32, array.getShape().getShape(), data);
    }

    private static ByteBuffer float32(HostTensor tensor) {
        final ByteBuffer from = tensor.view();
        final ByteBuffer to = ByteBuffer.allocateDirect(Math.toIntExact(tensor.elements() * Float.BYTES))
                .order(ByteOrder.nativeOrder());
        while (to.hasRemaining())
            to.putFloat(switch (tensor.dtype()) {
                case F32 -> from.getFloat();
                case F64 -> (float) from.getDouble();
                case F16 -> Float.float16ToFloat(from.getShort());
                case BF16 -> Float.intBitsToFloat(from.getShort() << 16);
                case I64, I32, I16, I8, U8, BOOL ->
                    throw new IllegalArgumentException("a tensor of " + tensor.dtype() + " is no weight");
            });
        return to.rewind();
    }
}
