package retort.ingest.recipe.resample;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Resizes columns, eight at a time. Eight neighbouring values of a row are read as one long and spread over four longs, with two sums in
 * each. Stateless.
 */
final class VerticalPass {
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    /** Selects values 0 and 4 of eight. After a right shift by 8, 16 or 24 bits it selects values 1 and 5, 2 and 6, or 3 and 7. */
    private static final long PICK = 0x0000_00FF_0000_00FFL;

    private VerticalPass() {
    }

    /**
     * @param in rows of {@code stride} bytes; the first row is tap position {@code top}
     * @param out receives {@code taps.size} rows from {@code offset} on
     */
    static void run(byte[] in, int top, int stride, Taps taps, byte[] out, int offset) {
        for (int i = 0; i < taps.size; i++) {
            final int row = (taps.first[i] - top) * stride;
            final int weight = i * taps.stride;
            final int end = weight + taps.count[i];
            final int to = offset + i * stride;
            int x = 0;
            for (; x + 8 <= stride; x += 8)
                EIGHT.set(out, to + x, eight(in, row + x, stride, taps.weights, weight, end));
            for (; x < stride; x++)
                out[to + x] = one(in, row + x, stride, taps.weights, weight, end);
        }
    }

    private static long eight(byte[] in, int at, int stride, int[] weights, int from, int to) {
        long a = Fixed.STARTS;
        long b = Fixed.STARTS;
        long c = Fixed.STARTS;
        long d = Fixed.STARTS;
        int position = at;
        for (int w = from; w < to; w++, position += stride) {
            final long values = (long) EIGHT.get(in, position);
            final long weight = weights[w];
            a += (values & PICK) * weight;
            b += (values >>> 8 & PICK) * weight;
            c += (values >>> 16 & PICK) * weight;
            d += (values >>> 24 & PICK) * weight;
        }
        return clip(a) | clip(b) << 8 | clip(c) << 16 | clip(d) << 24;
    }

    private static byte one(byte[] in, int at, int stride, int[] weights, int from, int to) {
        long sum = Fixed.START;
        int position = at;
        for (int w = from; w < to; w++, position += stride)
            sum += (in[position] & 0xFFL) * weights[w];
        return Fixed.low(sum);
    }

    private static long clip(long sums) {
        return Fixed.low(sums) & 0xFFL | (Fixed.high(sums) & 0xFFL) << 32;
    }
}
