package retort.compose.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import retort.compose.console.Csv;

/**
 * The results as comma-separated values: a line for each cell, seed and figure. It holds nothing that depends on the time, so the same
 * weights give the same bytes. A figure that is missing has an empty value, and one that its cell leaves out has no line.
 */
record ResultsCsv(Results results) {
    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        final StudySettings settings = results.study().settings();
        line(text, settings.grid().stream().map(Axis::name),
                Stream.of("seed", "run", "step", "suite", "metric", "value", "images", "weightsSha256"));
        for (final Cell cell : results.study().cells())
            for (final long seed : settings.seeds())
                for (final StudyFigure figure : settings.figures())
                    cell.run(seed, figure.run()).ifPresent(run -> {
                        final Optional<Results.Measured> measured = results.of(cell, seed, figure);
                        line(text, cell.choice().stream(), Stream.of(seed, run, or(measured.map(Results.Measured::step)),
                                figure.suite(), figure.metric(), or(measured.map(Results.Measured::value)),
                                or(measured.map(Results.Measured::images)), or(measured.map(Results.Measured::weights))));
                    });
        return text.toString();
    }

    private static Object or(Optional<?> value) {
        return value.isPresent() ? value.get() : "";
    }

    private static void line(StringBuilder text, Stream<?> first, Stream<?> then) {
        final List<Object> cells = new ArrayList<>();
        first.forEach(cells::add);
        then.forEach(cells::add);
        text.append(Csv.line(cells)).append('\n');
    }
}
