package retort.trainer.objective;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import retort.trainer.learn.StepCall;
import retort.trainer.model.VitShape;
import retort.trainer.weights.HostTensor;

class DropPathTest {
    private static final VitShape VIT = new VitShape(16, 4, 3, 24, 3, 3);
    private static final int COLUMNS = 6;

    /** Of 20,000 images, at most 0.02 more or fewer than expected skip a branch, and what is left has a mean of 1. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void eachBranchIsSkippedAtItsRateAndEnlargedOtherwise(boolean uniform) {
        final int images = 20_000;
        final float[] factors = factors(new DropPath(0.4, uniform), 3, LongStream.range(0, images).toArray());

        for (int column = 0; column < COLUMNS; column++) {
            final int block = column / 2;
            final double rate = uniform ? 0.4 : 0.2 * block;
            final float kept = (float) (1 / (1 - rate));
            int skipped = 0;
            for (int n = 0; n < images; n++) {
                final float factor = factors[n * COLUMNS + column];
                assertThat(factor).isIn(0f, kept);
                skipped += factor == 0 ? 1 : 0;
            }
            assertThat((double) skipped / images).as("branch " + column).isBetween(rate - 0.02, rate + 0.02);
        }
    }

    @Test
    void theStepAndTheSampleAloneDecide() {
        final DropPath dropPath = new DropPath(0.5, true);
        final float[] two = factors(dropPath, 7, 11, 12);
        assertThat(factors(dropPath, 7, 12)).isEqualTo(Arrays.copyOfRange(two, COLUMNS, 2 * COLUMNS));
        assertThat(IntStream.range(0, 20).mapToObj(step -> Arrays.toString(factors(dropPath, step, 11))).distinct().count())
                .isGreaterThan(10);
    }

    /** A run without it calls the same step with the same arguments as one of an earlier release. */
    @Test
    void aRateOfZeroChangesNoStep() {
        final StepCall call = MaskSettings.step(VIT, 1, 2, new long[]{3});
        assertThat(new DropPath(0, true).in(call, VIT, 1, 2, new long[]{3})).isSameAs(call);
        assertThat(new DropPath(0.1, false).in(call, VIT, 1, 2, new long[]{3}).method()).isEqualTo("dropped_step");
    }

    private static float[] factors(DropPath dropPath, long step, long... ids) {
        final StepCall call = dropPath.in(MaskSettings.step(VIT, 1, step, ids), VIT, 1, step, ids);
        final HostTensor factors = (HostTensor) call.arguments().getLast();
        assertThat(factors.shape()).containsExactly(ids.length, COLUMNS);
        return factors.floats();
    }
}
