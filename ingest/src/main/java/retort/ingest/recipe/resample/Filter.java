package retort.ingest.recipe.resample;

/** A resampling kernel, in units of the coarser of the two grids. */
public enum Filter {
    BILINEAR(1) {
        @Override
        double at(double x) {
            final double d = Math.abs(x);
            return d < 1 ? 1 - d : 0;
        }
    },
    /** Keys' cubic with a = -0.5, as in Pillow (tensor libraries use -0.75). */
    BICUBIC(2) {
        @Override
        double at(double x) {
            final double a = -0.5;
            final double d = Math.abs(x);
            if (d < 1)
                return ((a + 2) * d - (a + 3)) * d * d + 1;
            return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
        }
    };

    final double support;

    Filter(double support) {
        this.support = support;
    }

    abstract double at(double x);
}
