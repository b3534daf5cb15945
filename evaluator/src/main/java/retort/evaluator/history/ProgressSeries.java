package retort.evaluator.history;

import java.util.ArrayList;
import java.util.List;

/**
 * The progress of one run in at most {@link #MOST} points. Each point covers the same number of steps, which doubles when there are too
 * many points, so a run of any length keeps its shape: a point has the extremes of its losses. Confined to one thread.
 */
final class ProgressSeries {
    /** Points of a run. A point takes some 300 bytes. */
    static final int MOST = 1000;

    private List<ProgressPoint> points = new ArrayList<>();
    private long width = 1;

    /** Steps that a point covers. */
    long width() {
        return width;
    }

    /**
     * Adds progress. Steps that are taken again after a kill replace those of the first time, as in the reports of a run: points at and
     * behind them are cut off.
     */
    void add(ProgressPoint point) {
        while (!points.isEmpty() && points.getLast().step() > point.step())
            points.removeLast();
        append(points, point);
        while (points.size() > MOST)
            widen();
    }

    private void widen() {
        width *= 2;
        final List<ProgressPoint> fewer = new ArrayList<>(MOST);
        points.forEach(point -> append(fewer, point));
        points = fewer;
    }

    private void append(List<ProgressPoint> to, ProgressPoint point) {
        if (!to.isEmpty() && to.getLast().step() / width == point.step() / width)
            to.set(to.size() - 1, to.getLast().then(point));
        else
            to.add(point);
    }

    /** The points from {@code step} on, {@code most} of them. */
    List<ProgressPoint> from(long step, int most) {
        return points.stream().filter(point -> point.step() >= step).limit(most).toList();
    }
}
