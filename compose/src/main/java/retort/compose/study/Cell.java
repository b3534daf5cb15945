package retort.compose.study;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A combination of one value of each axis.
 *
 * @param choice the names of the values, in the order of the axes
 * @param runs names of runs, by seed and by the name in {@code study.runs}
 */
record Cell(List<String> choice, Map<Long, Map<String, String>> runs) {
    Cell {
        choice = List.copyOf(choice);
        runs = Map.copyOf(runs);
    }

    /** The name of a run; empty if this cell leaves it out. */
    Optional<String> run(long seed, String template) {
        return Optional.ofNullable(runs.getOrDefault(seed, Map.of()).get(template));
    }

    @Override
    public String toString() {
        return choice.isEmpty() ? "the only cell" : String.join(" ", choice);
    }
}
