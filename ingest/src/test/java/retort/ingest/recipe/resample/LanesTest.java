package retort.ingest.recipe.resample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import retort.ingest.decode.ArrayRows;
import retort.ingest.decode.Region;
import retort.random.CounterRandom;

/** The tests' JVM has the vector module. If the machine's vectors are too short, there is nothing to compare. */
class LanesTest {
    @Test
    void vectorsGiveTheVeryBytesOfScalars() {
        final Optional<Lanes> lanes = Lanes.find();
        assumeTrue(lanes.isPresent());
        final CounterRandom random = CounterRandom.of(3, "lanes", 0, 0);
        for (final Filter filter : Filter.values()) {
            final Resampler vectors = new Resampler(filter, lanes);
            final Resampler scalars = new Resampler(filter, Optional.empty());
            for (int i = 0; i < 300; i++) {
                final int channels = random.nextInt(2) * 2 + 1;
                final ArrayRows image = noise(1 + random.nextInt(150), 1 + random.nextInt(150), channels, random);
                final Region box = part(image.width(), image.height(), random);
                final int width = 1 + random.nextInt(90);
                final int height = 1 + random.nextInt(90);
                final Region window = part(width, height, random);
                final boolean mirror = random.nextInt(2) == 0;
                assertThat(resize(vectors, image, box, width, height, window, mirror))
                        .as("%s of %s to %dx%d, window %s, mirror %s", box, image, width, height, window, mirror)
                        .isEqualTo(resize(scalars, image, box, width, height, window, mirror));
            }
        }
    }

    /** Noise of mostly extreme values, which make sums overshoot. */
    private static ArrayRows noise(int width, int height, int channels, CounterRandom random) {
        final byte[] bytes = new byte[width * height * channels];
        for (int i = 0; i < bytes.length; i++)
            bytes[i] = (byte) switch (random.nextInt(3)) {
                case 0 -> 0;
                case 1 -> 255;
                default -> random.nextInt(256);
            };
        return new ArrayRows(bytes, 0, width, height, channels);
    }

    private static Region part(int width, int height, CounterRandom random) {
        final int w = 1 + random.nextInt(width);
        final int h = 1 + random.nextInt(height);
        return new Region(random.nextInt(width - w + 1), random.nextInt(height - h + 1), w, h);
    }

    private static byte[] resize(Resampler resampler, ArrayRows image, Region box, int width, int height, Region window,
            boolean mirror) {
        final byte[] target = new byte[7 + window.width() * window.height() * image.channels()];
        resampler.resize(image, box, width, height, window, mirror, target, 7);
        return target;
    }
}
