package retort.trainer.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * A tensor's elements on the host: contiguous, row-major, little-endian.
 *
 * @param shape length of each axis; empty for a scalar
 * @param data the bytes of the elements and no others, from index 0 to the limit; read them through {@link #view}
 */
@SuppressWarnings("ArrayRecordComponent") // it carries arrays and is never compared
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
     * The values as float32; this tensor itself if it is F32.
     *
     * @throws IllegalArgumentException if the type is not one of {@link DType#isWeight}
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

    /** Index of the first element that is NaN or infinite; -1 if all are finite, or if the type is not one of {@link DType#isWeight}. */
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

    /** A loop for F32 alone, because it is the most frequent type and a large teacher has a billion elements. */
    private static long firstNotFinite(FloatBuffer values) {
        for (int i = 0; i < values.limit(); i++)
            if (!Float.isFinite(values.get(i)))
                return i;
        return -1;
    }

    /** A copy of the elements of an F32 tensor. */
    public float[] floats() {
        if (dtype != DType.F32)
            throw new IllegalStateException("a tensor of " + dtype + ", not F32");
        final float[] values = new float[Math.toIntExact(elements())];
        view().asFloatBuffer().get(values);
        return values;
    }

    /** @throws ArithmeticException if a side is negative, or the product does not fit into a long */
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
