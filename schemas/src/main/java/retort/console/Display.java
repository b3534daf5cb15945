package retort.console;

import java.util.List;

/** How rows and lines reach the console. Called on the board's thread alone. */
sealed interface Display permits LiveDisplay, PlainDisplay {
    /**
     * @param lines to be printed for good, in order
     * @param rows of all services, in order; each is read once
     * @param now {@link System#nanoTime}
     */
    void show(List<String> lines, List<StatusBoard.Row> rows, long now);

    /** The last call: leaves every row's last text standing. */
    void end(List<StatusBoard.Row> rows);
}
