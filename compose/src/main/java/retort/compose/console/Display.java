package retort.compose.console;

import java.util.List;

/** Writes rows and lines to the console. Only the board's thread calls it. */
sealed interface Display permits LiveDisplay, PlainDisplay {
    /**
     * Shows one frame.
     *
     * @param lines lines that are printed and stay, in order
     * @param rows the rows of all services, in order; it reads the text of each once
     * @param now the time of the frame, in nanoseconds of {@link System#nanoTime}
     */
    void show(List<String> lines, List<StatusBoard.Row> rows, long now);

    /** Leaves the last text of every row on the console. This is the last call. */
    void end(List<StatusBoard.Row> rows);
}
