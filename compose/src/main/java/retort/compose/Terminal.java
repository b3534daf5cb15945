package retort.compose;

import java.io.PrintStream;
import java.time.Duration;
import retort.console.ConsoleMode;
import retort.console.StatusBoard;
import retort.console.StatusLine;

/**
 * The board of a command: while it is open, everything printed to {@link System#out}, the log included, goes through it, so
 * that live lines and log lines do not tear each other. Opened and closed on the main thread.
 */
public final class Terminal implements AutoCloseable {
    private static final Duration PACE = Duration.ofSeconds(5);

    private final PrintStream out = System.out;
    private final StatusBoard board = StatusBoard.open(out, ConsoleMode.detect(), PACE);

    public Terminal() {
        System.setOut(board.stream());
    }

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
