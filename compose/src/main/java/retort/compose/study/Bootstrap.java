package retort.compose.study;

import java.util.Arrays;
import retort.random.CounterRandom;
import retort.settings.Section;

/**
 * The percentile bootstrap of a mean (Efron 1979): values are drawn with replacement, as many as there are, and the interval holds the
 * middle {@code level} of the means. Up to {@value #MOST_EXHAUSTED} values, all possible draws are counted, so that nothing is left to
 * chance.
 *
 * @param resamples number of draws, for more values than that
 * @param seed seed of these draws
 * @param level share of the means in the interval, above 0 and below 1
 */
record Bootstrap(int resamples, long seed, double level) {
    /** 6 values have 46,656 draws. */
    private static final int MOST_EXHAUSTED = 6;
    private static final String PURPOSE = "bootstrap";

    /** Both ends belong to the interval. */
    record Interval(double low, double high) {
        boolean holds(double value) {
            return low <= value && value <= high;
        }
    }

    static Bootstrap of(Section section) {
        return new Bootstrap(section.integer("resamples", 100, 10_000_000),
                section.number("seed", Long.MIN_VALUE, Long.MAX_VALUE),
                section.real("level", 0.5, 0.9999));
    }

    /** The interval of the mean of {@code values}: one or more. */
    Interval mean(double[] values) {
        final double[] means = values.length <= MOST_EXHAUSTED ? all(values) : drawn(values);
        Arrays.sort(means);
        return new Interval(quantile(means, (1 - level) / 2), quantile(means, (1 + level) / 2));
    }

    private static double[] all(double[] values) {
        final int n = values.length;
        final double[] means = new double[Math.toIntExact(Math.round(Math.pow(n, n)))];
        for (int draw = 0; draw < means.length; draw++) {
            double sum = 0;
            for (int i = 0, digits = draw; i < n; i++, digits /= n)
                sum += values[digits % n];
            means[draw] = sum / n;
        }
        return means;
    }

    private double[] drawn(double[] values) {
        final double[] means = new double[resamples];
        for (int draw = 0; draw < resamples; draw++) {
            final CounterRandom random = CounterRandom.of(seed, PURPOSE, draw, values.length);
            double sum = 0;
            for (int i = 0; i < values.length; i++)
                sum += values[random.nextInt(values.length)];
            means[draw] = sum / values.length;
        }
        return means;
    }

    /** Linear interpolation between the nearest ranks, as NumPy's default. */
    static double quantile(double[] sorted, double share) {
        final double place = share * (sorted.length - 1);
        final int below = (int) Math.floor(place);
        final int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
