package retort.compose.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import retort.settings.SettingException;

/**
 * The cell that a cell is compared with: the one that differs in one axis alone, where it has the value {@code value}.
 *
 * @param axis position of the axis in the grid
 * @param text the setting, {@code AXIS=VALUE}
 */
record Reference(int axis, String value, String text) {
    static Reference parse(String text, List<Axis> grid) {
        final int equals = text.indexOf('=');
        for (int i = 0; equals > 0 && i < grid.size(); i++)
            if (grid.get(i).name().equals(text.substring(0, equals).strip())) {
                final String value = text.substring(equals + 1).strip();
                final List<String> known = grid.get(i).values().stream().map(Axis.Value::name).toList();
                if (!known.contains(value))
                    throw new SettingException("study.against", text,
                            "axis " + grid.get(i).name() + " has the values " + known);
                return new Reference(i, value, grid.get(i).name() + "=" + value);
            }
        throw new SettingException("study.against", text,
                "must be AXIS=VALUE; the axes are " + grid.stream().map(Axis::name).toList());
    }

    /** The choice of values to compare {@code choice} with. Empty if that is the same cell. */
    Optional<List<String>> of(List<String> choice) {
        if (choice.get(axis).equals(value))
            return Optional.empty();
        final List<String> other = new ArrayList<>(choice);
        other.set(axis, value);
        return Optional.of(List.copyOf(other));
    }
}
