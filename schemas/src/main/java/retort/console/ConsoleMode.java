package retort.console;

import java.io.Console;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the console can show. */
public enum ConsoleMode {
    /** Live lines that are redrawn in place, names in colour. */
    LIVE_COLOUR,
    /** Live lines without colour. */
    LIVE,
    /** Plain lines, one below the other: a file, a pipe, a container's log, a terminal that cannot move its cursor. */
    PLAIN;

    /** The mode of this process's standard output. */
    @SuppressWarnings("SystemConsoleNull") // java.base's own console, the default since 25, is null where there is no terminal
    public static ConsoleMode detect() {
        final @Nullable Console console = System.console();
        // Other consoles (jdk.console) are there for pipes too: only isTerminal tells.
        return of(console != null && console.isTerminal(), System.getenv());
    }

    /** Honours {@code TERM=dumb} and {@code NO_COLOR} (no-color.org: any value but the empty one). */
    static ConsoleMode of(boolean terminal, Map<String, String> environment) {
        if (!terminal || environment.getOrDefault("TERM", "dumb").equals("dumb"))
            return PLAIN;
        return environment.getOrDefault("NO_COLOR", "").isEmpty() ? LIVE_COLOUR : LIVE;
    }
}
