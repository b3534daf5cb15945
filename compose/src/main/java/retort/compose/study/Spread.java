package retort.compose.study;

import java.util.Arrays;

/**
 * Mean and spread of a sample.
 *
 * @param mean NaN without a value
 * @param deviation standard deviation with n - 1 as divisor; NaN below two values
 * @param lowest NaN without a value
 * @param highest NaN without a value
 */
record Spread(int count, double mean, double deviation, double lowest, double highest) {
    static Spread of(double... values) {
        final int n = values.length;
        if (n == 0)
            return new Spread(0, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
        final double mean = Arrays.stream(values).sum() / n;
        final double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
        return new Spread(n, mean, n == 1 ? Double.NaN : Math.sqrt(squares / (n - 1)), Arrays.stream(values).min().getAsDouble(),
                Arrays.stream(values).max().getAsDouble());
    }
}
