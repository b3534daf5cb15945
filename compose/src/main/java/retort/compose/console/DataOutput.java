package retort.compose.console;

import java.io.PrintStream;

/** Standard output of a command whose output other programs read. The main thread takes it once, before it prints. */
public final class DataOutput {
    private DataOutput() {
    }

    /** Standard output, for the caller alone: what others write to it from now on, such as the log, goes to standard error. */
    public static PrintStream take() {
        final PrintStream out = System.out;
        System.setOut(System.err);
        return out;
    }
}
