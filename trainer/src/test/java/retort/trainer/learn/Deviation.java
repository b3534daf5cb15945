package retort.trainer.learn;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import retort.trainer.weights.DType;
import retort.trainer.weights.HostTensor;

/** The deviation of computed values from reference values, as a share of the tolerance of the reference. A share above 1 is wrong. */
final class Deviation {
    private long compared;
    private double worst;
    private String where = "nothing compared";

    void value(String name, double got, double expected, double absolute, double relative) {
        final double allowed = absolute + relative * Math.abs(expected);
        final double off = Math.abs(got - expected);
        share(name, off == 0 ? 0 : off / allowed, () -> got + " instead of " + expected);
    }

    void values(String name, float[] got, @Nullable HostTensor expected, double absolute, double relative) {
        final double[] wanted = doubles(name, expected);
        if (!sameSize(name, got.length, wanted.length))
            return;
        for (int i = 0; i < wanted.length; i++) {
            final int at = i;
            final double off = Math.abs((double) got[i] - wanted[i]);
            final double allowed = absolute + relative * Math.abs(wanted[i]);
            share(name, off == 0 ? 0 : off / allowed, () -> got[at] + " instead of " + wanted[at] + " at " + at);
        }
    }

    private static double[] doubles(String name, @Nullable HostTensor expected) {
        if (expected == null)
            throw new AssertionError("the set stores no " + name);
        final double[] values = new double[Math.toIntExact(expected.elements())];
        if (expected.dtype() == DType.F64) {
            expected.view().asDoubleBuffer().get(values);
            return values;
        }
        final float[] narrow = expected.asFloat32().floats();
        for (int i = 0; i < values.length; i++)
            values[i] = narrow[i];
        return values;
    }

    void exactly(String name, long[] got, long[] expected) {
        if (sameSize(name, got.length, expected.length)) {
            compared += got.length;
            holds(name, Arrays.equals(got, expected), Arrays.toString(got) + " instead of " + Arrays.toString(expected));
        }
    }

    /** Checks a condition that holds or does not hold, without a tolerance. */
    void holds(String name, boolean holds, String otherwise) {
        share(name, holds ? 0 : Double.POSITIVE_INFINITY, () -> otherwise);
    }

    private boolean sameSize(String name, int got, int expected) {
        if (got != expected)
            holds(name, false, got + " values instead of " + expected);
        return got == expected;
    }

    private void share(String name, double share, java.util.function.Supplier<String> detail) {
        compared++;
        if (Double.isNaN(share) || share > worst || compared == 1) {
            worst = Double.isNaN(share) ? Double.POSITIVE_INFINITY : Math.max(share, worst);
            where = name + ": " + detail.get();
        }
    }

    long compared() {
        return compared;
    }

    /** The largest share. NaN counts as infinitely wrong. */
    double worst() {
        return worst;
    }

    /** The name of the value with the largest share. */
    String where() {
        return where;
    }
}
