package retort.trainer.learn;

/**
 * The learning rate of each step. It rises linearly from 0 to {@code peak} during the warm-up, and then falls along half a cosine to
 * {@code min}.
 *
 * @param peak learning rate at the end of the warm-up
 * @param min learning rate at the end of the run
 * @param warmupSteps number of steps of the warm-up; may have a fraction
 * @param steps number of steps of the whole run, warm-up included
 * @param constant true if the rate stays at {@code peak} after the warm-up
 */
public record LrSchedule(double peak, double min, double warmupSteps, double steps, boolean constant) {
    public LrSchedule {
        if (!(peak >= 0 && min >= 0 && warmupSteps >= 0))
            throw new IllegalArgumentException("learning rate: peak " + peak + ", min " + min + " and warm-up " + warmupSteps
                    + " steps must not be negative");
    }

    public LrSchedule(double peak, double min, double warmupSteps, double steps) {
        this(peak, min, warmupSteps, steps, false);
    }

    /** The linear scaling rule: {@code base} is the peak learning rate for 256 images a step. */
    public static double peak(double base, int imagesPerStep) {
        return base * imagesPerStep / 256;
    }

    /** The learning rate of {@code step}, which counts from 0. */
    public double at(long step) {
        final double t = (double) step;
        if (t < warmupSteps)
            return peak * t / warmupSteps;
        if (constant || t >= steps)
            return constant ? peak : min;
        return min + (peak - min) * 0.5 * (1 + Math.cos(Math.PI * (t - warmupSteps) / (steps - warmupSteps)));
    }
}
