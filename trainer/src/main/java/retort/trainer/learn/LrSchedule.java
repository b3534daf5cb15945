package retort.trainer.learn;

/**
 * Learning rate by step: a line from 0 to {@code peak} over the warm-up, then half a cosine down to {@code min}.
 *
 * @param warmupSteps may be a fraction
 * @param steps of the whole run, warm-up included
 * @param constant stays at the peak instead
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

    /** The linear rule: a base rate is given for 256 images a step. */
    public static double peak(double base, int imagesPerStep) {
        return base * imagesPerStep / 256;
    }

    /** @param step from 0 */
    public double at(long step) {
        final double t = (double) step;
        if (t < warmupSteps)
            return peak * t / warmupSteps;
        if (constant || t >= steps)
            return constant ? peak : min;
        return min + (peak - min) * 0.5 * (1 + Math.cos(Math.PI * (t - warmupSteps) / (steps - warmupSteps)));
    }
}
