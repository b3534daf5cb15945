package retort.compose.console;

import java.io.Console;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The way in which the console can show status lines. */
enum ConsoleMode {
    /** Live lines that are redrawn in place. The names of services have a colour. */
    LIVE_COLOUR,
    /** Live lines without colour. */
    LIVE,
    /** Plain lines, one below the other, for a file, a pipe, a container's log, or a terminal that cannot move its cursor. */
    PLAIN;

    /** The mode of this process's standard output. */
    @SuppressWarnings("SystemConsoleNull") // java.base's own console, the default since 25, is null where there is no terminal
    static ConsoleMode detect() {
        final @Nullable Console console = System.console();
        // another provider (jdk.console) returns a console for a pipe, too; isTerminal tells the two apart
        return of(console != null && console.isTerminal(), System.getenv());
    }

    /** Obeys {@code TERM=dumb} and {@code NO_COLOR} (no-color.org: any value except the empty one). */
    static ConsoleMode of(boolean terminal, Map<String, String> environment) {
        if (!terminal || environment.getOrDefault("TERM", "dumb").equals("dumb"))
            return PLAIN;
        return environment.getOrDefault("NO_COLOR", "").isEmpty() ? LIVE_COLOUR : LIVE;
    }
}
