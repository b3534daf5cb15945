package retort.evaluator.knn;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;

/** Raw pixels of large images are wide rows. A tile of as many rows as narrow features have would not fit a service's heap. */
class WideFeaturesTest {
    private static final int WIDTH = 1 << 20;
    private static final int BANK = 192;

    @Test
    void aBankOfThreeQuartersOfAGigabyteIsSearchedInThisHeap() {
        assertThat(Runtime.getRuntime().maxMemory()).as("the bank is larger").isLessThan((long) BANK * WIDTH * Float.BYTES);
        try (Engine engine = Engine.start(new EngineSettings("cpu", 1))) {
            final Neighbourhood found = Objects.requireNonNull(new NeighbourSearch(engine, 1, 1024, 1L << 28)
                    .search(Flux.just(row(7)), Flux.range(0, BANK).map(WideFeaturesTest::row)).block(Duration.ofMinutes(2)));
            assertThat(found.bankLabels()).hasSize(BANK);
            assertThat(found.accuracy(1, 1, BANK, 0.07)).as("the row itself is the nearest").isEqualTo(1);
        }
    }

    /** A row that is its own nearest, labelled by its number. */
    private static FeatureBlock row(int number) {
        final float[] values = new float[WIDTH];
        for (int i = number; i < WIDTH; i += BANK)
            values[i] = 1;
        return new FeatureBlock(values, WIDTH, new int[]{number});
    }
}
