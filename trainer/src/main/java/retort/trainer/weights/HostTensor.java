package retort.trainer.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * A tensor's elements on the host: contiguous, row-major, little-endian.
 *
 * @param shape empty for a scalar
 * @param data exactly the elements' bytes, from position 0 to its limit; read through {@link #view}
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record HostTensor(DType dtype, long[] shape, ByteBuffer data) {
    public HostTensor {
        if (Math.multiplyExact(elements(shape), dtype.bytes()) != data.limit())
            throw new IllegalArgumentException("a " + dtype + " tensor of shape " + Arrays.toString(shape) + " does not have "
                    + data.limit() + " bytes");
    }

    public static HostTensor ofFloats(float[] values, long... shape) {
        final ByteBuffer data = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        return new HostTensor(DType.F32, shape, data);
    }

    /** An I64 tensor. */
    public static HostTensor ofLongs(long[] values, long... shape) {
        final ByteBuffer data = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.asLongBuffer().put(values);
        return new HostTensor(DType.I64, shape, data);
    }

    /** A little-endian view with a position of its own. */
    public ByteBuffer view() {
        return data.duplicate().rewind().order(ByteOrder.LITTLE_ENDIAN);
    }

    public long elements() {
        return elements(shape);
    }

    /**
     * The same values as float32, whichever floating type they have.
     *
     * @throws IllegalArgumentException for another type: no weight has one
     */
    public HostTensor asFloat32() {
        if (dtype == DType.F32)
            return this;
        final ByteBuffer from = view();
        final ByteBuffer to = ByteBuffer.allocate(Math.toIntExact(elements() * Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        while (to.hasRemaining())
            to.putFloat(switch (dtype) {
                case F32 -> from.getFloat();
                case F64 -> (float) from.getDouble();
                case F16 -> Float.float16ToFloat(from.getShort());
                case BF16 -> Float.intBitsToFloat(from.getShort() << 16);
                default -> throw new IllegalArgumentException("a tensor of " + dtype + " is no weight");
            });
        return new HostTensor(DType.F32, shape, to.flip());
    }

    /** Index of the first element that is NaN or infinite; -1 where all are finite, and for a type that is no weight's. */
    public long firstNotFinite() {
        final ByteBuffer from = view();
        if (dtype == DType.F32)
            return firstNotFinite(from.asFloatBuffer());
        final long elements = dtype.isWeight() ? elements() : 0;
        for (long i = 0; i < elements; i++)
            if (!switch (dtype) {
                case F64 -> Double.isFinite(from.getDouble());
                case F16 -> Float.isFinite(Float.float16ToFloat(from.getShort()));
                default -> Float.isFinite(Float.intBitsToFloat(from.getShort() << 16));
            })
                return i;
        return -1;
    }

    /** By far the most frequent type has a loop of its own, because a large teacher has a billion elements. */
    private static long firstNotFinite(FloatBuffer values) {
        for (int i = 0; i < values.limit(); i++)
            if (!Float.isFinite(values.get(i)))
                return i;
        return -1;
    }

    /** All elements of an F32 tensor. */
    public float[] floats() {
        if (dtype != DType.F32)
            throw new IllegalStateException("a tensor of " + dtype + ", not F32");
        final float[] values = new float[Math.toIntExact(elements())];
        view().asFloatBuffer().get(values);
        return values;
    }

    /** @throws ArithmeticException for a negative side or a product beyond a long */
    static long elements(long[] shape) {
        long n = 1;
        for (final long side : shape) {
            if (side < 0)
                throw new ArithmeticException("a side of " + side);
            n = Math.multiplyExact(n, side);
        }
        return n;
    }
}
