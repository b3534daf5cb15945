package retort.compose.console;

import java.io.PrintStream;
import java.time.Duration;
import retort.console.StatusLine;

/**
 * The console while services run. Until it is closed, everything that is printed to {@link System#out}, the log included, goes through
 * one {@link StatusBoard}, because a live line and a log line would otherwise tear each other. The main thread opens and closes it.
 */
public final class Terminal implements AutoCloseable {
    private static final Duration PACE = Duration.ofSeconds(5);

    private final PrintStream out = System.out;
    private final StatusBoard board = StatusBoard.open(out, ConsoleMode.detect(), PACE);

    public Terminal() {
        System.setOut(board.stream());
    }

    /** The status line of {@code service}. */
    public StatusLine line(String service) {
        return board.line(service);
    }

    @Override
    public void close() {
        System.out.flush();
        System.setOut(out);
        board.close();
    }
}
