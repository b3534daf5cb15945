package retort.compose.console;

import java.util.List;
import java.util.stream.Collectors;

/** Lines of comma-separated values (RFC 4180). Stateless; any thread. */
public final class Csv {
    private Csv() {
    }

    /** One line, without a line feed. */
    public static String line(List<?> cells) {
        return cells.stream().map(Csv::cell).collect(Collectors.joining(","));
    }

    private static String cell(Object value) {
        final String text = value.toString();
        return text.matches("[^,\"\\r\\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
