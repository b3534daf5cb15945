package retort.compose.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected values of NumPy 2.4.6 and SciPy 1.17.1. */
class BootstrapTest {
    private static final Bootstrap USUAL = new Bootstrap(10_000, 0, 0.95);

    /** np.percentile(sorted means of itertools.product(x, repeat=n), [2.5, 97.5]). */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "0.012 -0.004 0.031|-0.0005333333333333331 0.02688333333333332",
            "0.5 0.25|0.259375 0.490625",
            "1.5 -0.25 0.75 2.0 -1.0|-0.35 1.55",
            "0.1 0.2 0.4 0.8 1.6 3.2|0.30000000000000004 2.0"})
    void allDrawsOfFewValuesAreCounted(String values, String expected) {
        final Bootstrap.Interval interval = USUAL.mean(doubles(values));
        final double[] ends = doubles(expected);
        assertThat(interval.low()).isCloseTo(ends[0], within(1e-12));
        assertThat(interval.high()).isCloseTo(ends[1], within(1e-12));
    }

    /** scipy.stats.bootstrap((x,), np.mean, n_resamples=1_000_000, method="percentile", rng=0). Two means of such draws are 0.00625 apart at least. */
    @Test
    void drawsOfManyValuesAgreeWithScipy() {
        final Bootstrap.Interval interval = new Bootstrap(1_000_000, 0, 0.95)
                .mean(doubles("1.5 -0.25 0.75 2.0 -1.0 0.3 0.9 -0.6"));
        assertThat(interval.low()).isCloseTo(-0.21874999999999997, within(0.0126));
        assertThat(interval.high()).isCloseTo(1.11875, within(0.0126));
    }

    @Test
    void theSeedDecidesTheDraws() {
        final double[] values = doubles("1.5 -0.25 0.75 2.0 -1.0 0.3 0.9");
        assertThat(USUAL.mean(values)).isEqualTo(USUAL.mean(values));
        assertThat(new Bootstrap(10_000, 1, 0.95).mean(values)).isNotEqualTo(USUAL.mean(values));
    }

    @Test
    void oneValueIsItsOwnInterval() {
        assertThat(USUAL.mean(new double[]{0.25})).isEqualTo(new Bootstrap.Interval(0.25, 0.25));
    }

    /** np.std(x, ddof=1). */
    @Test
    void theSpreadIsTheDeviationOfASample() {
        final Spread spread = Spread.of(doubles("1.5 -0.25 0.75 2.0 -1.0"));
        assertThat(spread.mean()).isCloseTo(0.6, within(1e-12));
        assertThat(spread.deviation()).isCloseTo(1.2323757543866238, within(1e-12));
        assertThat(Spread.of(0.5).deviation()).isNaN();
        assertThat(Spread.of().mean()).isNaN();
    }

    private static double[] doubles(String text) {
        return java.util.Arrays.stream(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
    }
}
