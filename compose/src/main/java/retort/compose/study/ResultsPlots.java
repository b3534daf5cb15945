package retort.compose.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * The plots of a study. The first axis of the grid is the horizontal one, and each choice of the other axes is a series.
 */
record ResultsPlots(Results results) {
    /** The plot of means and spreads, then one of the differences to each cell of {@code study.against}, by the names of their files. */
    Map<String, Plot> of(StudyFigure figure) {
        final Map<String, Plot> plots = new LinkedHashMap<>();
        final String title = figure + figure.better().map(better -> " (" + better.name().toLowerCase(java.util.Locale.ROOT)
                + " is better)").orElse("");
        plots.put(figure.fileName() + ".svg", plot(title, figure + ", mean and spread", false,
                (cell, place) -> mean(cell, place, figure)));
        for (final Reference against : results.study().settings().against())
            plots.put(figure.fileName() + "-minus-" + against.text().replace('=', '-') + ".svg",
                    plot(title + " minus " + against.text(), "paired difference, bootstrap interval", true,
                            (cell, place) -> difference(cell, place, figure, against)));
        plots.values().removeIf(plot -> plot.series().isEmpty());
        return plots;
    }

    private Plot plot(String title, String vertical, boolean zero, BiFunction<Cell, Integer, Optional<Plot.Point>> read) {
        final List<Axis> grid = results.study().settings().grid();
        final List<String> places = grid.isEmpty()
                ? List.of("all")
                : grid.getFirst().values().stream().map(Axis.Value::name).toList();
        final Map<String, List<Plot.Point>> series = new LinkedHashMap<>();
        for (final Cell cell : results.study().cells()) {
            final List<Plot.Point> points = series.computeIfAbsent(name(cell), name -> new ArrayList<>());
            read.apply(cell, grid.isEmpty() ? 0 : places.indexOf(cell.choice().getFirst())).ifPresent(points::add);
        }
        final List<String> names = List.copyOf(series.keySet());
        return new Plot(title, grid.isEmpty() ? "" : grid.getFirst().name(), vertical, places,
                places.stream().allMatch(place -> place.matches("\\d+")), zero,
                series.entrySet().stream().filter(each -> !each.getValue().isEmpty())
                        .map(each -> new Plot.Series(each.getKey(), names.indexOf(each.getKey()), each.getValue())).toList());
    }

    private String name(Cell cell) {
        return cell.choice().size() < 2
                ? "mean of " + results.study().settings().seeds().size() + " seeds"
                : String.join(", ", cell.choice().subList(1, cell.choice().size()));
    }

    private Optional<Plot.Point> mean(Cell cell, int place, StudyFigure figure) {
        final Spread spread = Spread.of(results.values(cell, figure));
        if (spread.count() == 0)
            return Optional.empty();
        final double half = Double.isNaN(spread.deviation()) ? 0 : spread.deviation();
        return Optional.of(new Plot.Point(place, spread.mean(), spread.mean() - half, spread.mean() + half));
    }

    private Optional<Plot.Point> difference(Cell cell, int place, StudyFigure figure, Reference against) {
        final double[] differences = results.reference(cell, against).map(other -> results.differences(cell, other, figure))
                .orElse(new double[0]);
        if (differences.length == 0)
            return Optional.empty();
        final Bootstrap.Interval interval = results.study().settings().bootstrap().mean(differences);
        return Optional.of(new Plot.Point(place, Spread.of(differences).mean(), interval.low(), interval.high()));
    }
}
