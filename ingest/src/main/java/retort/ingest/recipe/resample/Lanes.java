package retort.ingest.recipe.resample;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Optional;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import retort.ingest.decode.PixelRows;

/**
 * Both passes in vectors of the processor. The integers and therefore the pixels are the same as in {@link HorizontalPass} and {@link
 * VerticalPass}. As many values as fit share one multiplication. A pass runs along memory, so rows and columns are transposed before and
 * after the horizontal pass. It needs the module {@code jdk.incubator.vector} and vectors of 256 bits or more. Confined to one thread at a
 * time. The scratch arrays only grow.
 */
final class Lanes {
    private static final boolean WIDE = IntVector.SPECIES_PREFERRED.length() >= IntVector.SPECIES_512.length();
    private static final VectorSpecies<Integer> INTS = WIDE ? IntVector.SPECIES_512 : IntVector.SPECIES_256;
    private static final VectorSpecies<Byte> BYTES = WIDE ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;
    private static final int LANES = INTS.length();
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    /** Side of the squares that are transposed, in bytes. */
    private static final int SIDE = 8;
    private static final int HALF = 1 << Fixed.BITS - 1;

    private byte[] rows = new byte[0];
    private byte[] columns = new byte[0];
    private byte[] resized = new byte[0];

    private Lanes() {
    }

    /** Returns the passes in vectors, or empty if the machine's vectors are too short. Called only if the JVM has the module. */
    static Optional<Lanes> find() {
        return IntVector.SPECIES_PREFERRED.length() < LANES ? Optional.empty() : Optional.of(new Lanes());
    }

    /** Does the same as {@link HorizontalPass#run}. */
    void across(PixelRows source, int left, int top, int height, Taps taps, boolean mirror, byte[] out) {
        final int channels = source.channels();
        final int low = taps.low();
        final int width = taps.high() - low;
        final int length = width * channels;
        final int tall = padded(height);
        final int line = padded(length);
        rows = atLeast(rows, SIDE * line);
        columns = atLeast(columns, line * tall);
        for (int y = 0; y < height; y += SIDE) {
            for (int r = 0; r < SIDE; r++)
                source.copy(top + Math.min(y + r, height - 1), left + low, width, rows, r * line);
            for (int x = 0; x < length; x += SIDE)
                swap(rows, x, line, columns, x * tall + y, tall);
        }
        final int column = channels * tall;
        resized = atLeast(resized, padded(taps.size * channels) * tall);
        pass(columns, low, column, taps, resized, 0);
        final int stride = taps.size * channels;
        back(tall, height, stride, out);
        if (mirror)
            mirror(out, height, taps.size, channels);
    }

    /** Does the same as {@link VerticalPass#run}. */
    static void down(byte[] in, int top, int stride, Taps taps, byte[] out, int offset) {
        pass(in, top, stride, taps, out, offset);
    }

    /** Sums lines of {@code stride} bytes. Each output is one such line. */
    private static void pass(byte[] in, int low, int stride, Taps taps, byte[] out, int offset) {
        for (int i = 0; i < taps.size; i++) {
            final int from = (taps.first[i] - low) * stride;
            final int weight = i * taps.stride;
            final int count = taps.count[i];
            final int to = offset + i * stride;
            int x = 0;
            for (; x + 2 * LANES <= stride; x += 2 * LANES)
                twoVectors(in, from + x, stride, taps.weights, weight, count, out, to + x);
            for (; x + LANES <= stride; x += LANES)
                oneVector(in, from + x, stride, taps.weights, weight, count, out, to + x);
            for (; x < stride; x++)
                out[to + x] = oneValue(in, from + x, stride, taps.weights, weight, count);
        }
    }

    private static void twoVectors(byte[] in, int from, int stride, int[] weights, int weight, int count, byte[] out, int to) {
        IntVector a = IntVector.broadcast(INTS, HALF);
        IntVector b = a;
        int at = from;
        for (int t = 0; t < count; t++, at += stride) {
            final int w = weights[weight + t];
            a = a.add(values(in, at).mul(w));
            b = b.add(values(in, at + LANES).mul(w));
        }
        store(a, out, to);
        store(b, out, to + LANES);
    }

    private static void oneVector(byte[] in, int from, int stride, int[] weights, int weight, int count, byte[] out, int to) {
        IntVector a = IntVector.broadcast(INTS, HALF);
        int at = from;
        for (int t = 0; t < count; t++, at += stride)
            a = a.add(values(in, at).mul(weights[weight + t]));
        store(a, out, to);
    }

    private static byte oneValue(byte[] in, int from, int stride, int[] weights, int weight, int count) {
        int sum = HALF;
        int at = from;
        for (int t = 0; t < count; t++, at += stride)
            sum += (in[at] & 0xFF) * weights[weight + t];
        return (byte) Math.clamp(sum >> Fixed.BITS, 0, 255);
    }

    private static IntVector values(byte[] in, int at) {
        return (IntVector) ByteVector.fromArray(BYTES, in, at).convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
    }

    private static void store(IntVector sums, byte[] out, int to) {
        ((ByteVector) sums.lanewise(VectorOperators.ASHR, Fixed.BITS).max(0).min(255).convertShape(VectorOperators.I2B, BYTES, 0))
                .intoArray(out, to);
    }

    /** Transposes the columns of the horizontal pass into rows of {@code stride} bytes. */
    private void back(int tall, int height, int stride, byte[] out) {
        final int whole = stride / SIDE * SIDE;
        for (int y = 0; y < height; y += SIDE) {
            if (y + SIDE <= height)
                for (int x = 0; x < whole; x += SIDE)
                    swap(resized, x * tall + y, tall, out, y * stride + x, stride);
            final int rest = y + SIDE <= height ? whole : 0;
            for (int r = y; r < Math.min(y + SIDE, height); r++)
                for (int x = rest; x < stride; x++)
                    out[r * stride + x] = resized[x * tall + r];
        }
    }

    private static void mirror(byte[] out, int height, int width, int channels) {
        for (int y = 0; y < height; y++)
            for (int a = y * width * channels, b = a + (width - 1) * channels; a < b; a += channels, b -= channels)
                for (int c = 0; c < channels; c++) {
                    final byte kept = out[a + c];
                    out[a + c] = out[b + c];
                    out[b + c] = kept;
                }
    }

    /** Transposes a square of eight by eight bytes. It exchanges halves, then quarters, then single bytes. */
    private static void swap(byte[] from, int at, int stride, byte[] to, int target, int pitch) {
        long a = (long) EIGHT.get(from, at);
        long b = (long) EIGHT.get(from, at + stride);
        long c = (long) EIGHT.get(from, at + 2 * stride);
        long d = (long) EIGHT.get(from, at + 3 * stride);
        long e = (long) EIGHT.get(from, at + 4 * stride);
        long f = (long) EIGHT.get(from, at + 5 * stride);
        long g = (long) EIGHT.get(from, at + 6 * stride);
        long h = (long) EIGHT.get(from, at + 7 * stride);
        long m = 0x0000_0000_FFFF_FFFFL;
        long t = (a >>> 32 ^ e) & m;
        e ^= t;
        a ^= t << 32;
        t = (b >>> 32 ^ f) & m;
        f ^= t;
        b ^= t << 32;
        t = (c >>> 32 ^ g) & m;
        g ^= t;
        c ^= t << 32;
        t = (d >>> 32 ^ h) & m;
        h ^= t;
        d ^= t << 32;
        m = 0x0000_FFFF_0000_FFFFL;
        t = (a >>> 16 ^ c) & m;
        c ^= t;
        a ^= t << 16;
        t = (b >>> 16 ^ d) & m;
        d ^= t;
        b ^= t << 16;
        t = (e >>> 16 ^ g) & m;
        g ^= t;
        e ^= t << 16;
        t = (f >>> 16 ^ h) & m;
        h ^= t;
        f ^= t << 16;
        m = 0x00FF_00FF_00FF_00FFL;
        t = (a >>> 8 ^ b) & m;
        b ^= t;
        a ^= t << 8;
        t = (c >>> 8 ^ d) & m;
        d ^= t;
        c ^= t << 8;
        t = (e >>> 8 ^ f) & m;
        f ^= t;
        e ^= t << 8;
        t = (g >>> 8 ^ h) & m;
        h ^= t;
        g ^= t << 8;
        EIGHT.set(to, target, a);
        EIGHT.set(to, target + pitch, b);
        EIGHT.set(to, target + 2 * pitch, c);
        EIGHT.set(to, target + 3 * pitch, d);
        EIGHT.set(to, target + 4 * pitch, e);
        EIGHT.set(to, target + 5 * pitch, f);
        EIGHT.set(to, target + 6 * pitch, g);
        EIGHT.set(to, target + 7 * pitch, h);
    }

    private static int padded(int length) {
        return Math.ceilDiv(length, SIDE) * SIDE;
    }

    private static byte[] atLeast(byte[] scratch, int length) {
        return scratch.length < length ? new byte[length] : scratch;
    }
}
