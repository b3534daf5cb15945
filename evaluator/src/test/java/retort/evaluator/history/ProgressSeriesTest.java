package retort.evaluator.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import retort.evaluator.history.ProgressPoint.Range;

class ProgressSeriesTest {
    private final ProgressSeries series = new ProgressSeries();

    @Test
    void aShortRunKeepsEveryStep() {
        add(1, 500);

        assertThat(series.width()).isEqualTo(1);
        assertThat(steps()).hasSize(500).startsWith(1L, 2L, 3L).endsWith(500L);
    }

    @Test
    void aLongRunKeepsItsEndAndTheExtremesOfAllItsLosses() {
        add(1, 100_000);

        assertThat(series.width()).isEqualTo(128);
        assertThat(steps()).hasSizeBetween(ProgressSeries.MOST / 2, ProgressSeries.MOST).endsWith(100_000L).isSorted();
        final List<ProgressPoint> points = series.from(0, Integer.MAX_VALUE);
        assertThat(points.stream().mapToDouble(point -> total(point).max()).max()).hasValue(99);
        assertThat(points.subList(1, points.size() - 1))
                .as("each whole point saw steps that end with 00 and with 99 of a hundred")
                .allSatisfy(point -> {
                    assertThat(total(point).min()).isEqualTo(0);
                    assertThat(total(point).max()).isEqualTo(99);
                    assertThat(total(point).last()).isEqualTo((double) (point.step() % 100));
                });
    }

    @Test
    void stepsThatAreTakenAgainReplaceThoseOfTheFirstTime() {
        add(1, 100);
        add(41, 60);

        assertThat(steps()).hasSize(60).endsWith(59L, 60L);
    }

    @Test
    void aPartIsCutAtItsStepAndItsNumber() {
        add(1, 100);

        assertThat(series.from(90, 5)).extracting(ProgressPoint::step).containsExactly(90L, 91L, 92L, 93L, 94L);
    }

    private void add(long from, long to) {
        for (long step = from; step <= to; step++)
            series.add(new ProgressPoint(step, Instant.EPOCH, 0, 0, 0, 0, null,
                    new TreeMap<>(Map.of("total", new Range(step % 100, step % 100, step % 100)))));
    }

    private static Range total(ProgressPoint point) {
        return point.losses().get("total");
    }

    private List<Long> steps() {
        return series.from(0, Integer.MAX_VALUE).stream().map(ProgressPoint::step).toList();
    }
}
