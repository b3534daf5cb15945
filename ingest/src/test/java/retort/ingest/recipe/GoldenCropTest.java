package retort.ingest.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import java.util.List;
import org.junit.jupiter.api.Test;
import retort.ingest.decode.Region;
import retort.ingest.golden.Golden;
import retort.random.CounterRandom;

/** The crop sampler draws from the same distribution as torchvision's sampler, by its statistics. */
class GoldenCropTest {
    @Test
    void drawsCropsLikeTorchvision() {
        for (final Golden.Set set : Golden.sets("rrc_stats")) {
            double worst = 0;
            int values = 0;
            for (final Config table : set.json().getConfigList("rejection_sampling")) {
                final int width = table.getInt("width");
                final int height = table.getInt("height");
                final int draws = table.getInt("draws");
                final RandomResizedCrop crop = new RandomResizedCrop(224, range(table, "scale"), range(table, "ratio"), 0.5);
                final Mean area = new Mean();
                final Mean aspect = new Mean();
                final Mean top = new Mean();
                final Mean left = new Mean();
                for (int i = 0; i < draws; i++) {
                    final Region box = crop.box(width, height, CounterRandom.of(1, "crop", 3, i));
                    area.add((double) box.width() * box.height() / ((double) width * height));
                    aspect.add(Math.log((double) box.width() / box.height()));
                    top.add(box.top());
                    left.add(box.left());
                }
                worst = Math.max(worst, area.share(table, "area_ratio_mean"));
                worst = Math.max(worst, aspect.share(table, "log_aspect_mean"));
                // The table has no standard error of these values, but it has as many draws as this test.
                worst = Math.max(worst, top.share(table.getDouble("mean_top"), top.error()));
                worst = Math.max(worst, left.share(table.getDouble("mean_left"), left.error()));
                values += 4;
            }
            assertThat(worst).isLessThanOrEqualTo(1);
            set.report("rejection sampling", values, worst);
        }
    }

    private static RecipeSettings.Range range(Config table, String key) {
        final List<Double> bounds = table.getDoubleList(key);
        return new RecipeSettings.Range(bounds.get(0), bounds.get(1));
    }

    private static final class Mean {
        private double sum;
        private double squares;
        private long count;

        void add(double value) {
            sum += value;
            squares += value * value;
            count++;
        }

        double error() {
            final double mean = sum / count;
            return Math.sqrt(Math.max(0, squares / count - mean * mean) / count);
        }

        double share(Config table, String key) {
            return share(table.getDouble(key), table.getDouble("standard_errors." + key));
        }

        /** The deviation as a share of five standard errors of both sides together. */
        double share(double expected, double expectedError) {
            final double bound = 5 * Math.hypot(expectedError, error());
            return Math.abs(sum / count - expected) / Math.max(bound, 1e-9);
        }
    }
}
