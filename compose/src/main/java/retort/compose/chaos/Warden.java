package retort.compose.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/**
 * Ends the processes of a job if this process ends before them, by whatever signal. A shell reads their ids from a pipe and kills those that
 * are left when the pipe ends. It uses SIGKILL, because a stopped process notices neither the end of its parent nor another signal. Any
 * thread may call it. The one who starts it closes it.
 */
final class Warden implements AutoCloseable {
    private static final String SCRIPT = """
            trap '' HUP INT TERM
            left=' '
            while read -r change id; do
              case $change in
                +) left="$left$id " ;;
                -) case $left in *" $id "*) left="${left%%" $id "*} ${left#*" $id "}" ;; esac ;;
              esac
            done
            [ -z "${left%% }" ] || kill -9 $left 2>/dev/null
            """;

    private final Process shell;
    private final Writer told;

    private Warden(Process shell) {
        this.shell = shell;
        this.told = shell.outputWriter(StandardCharsets.US_ASCII);
    }

    static Warden start() {
        try {
            return new Warden(new ProcessBuilder("sh", "-c", SCRIPT).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start());
        } catch (IOException e) {
            throw new UncheckedIOException("a shell cannot be started: " + e.getMessage(), e);
        }
    }

    /** Watches over a process until it ends. */
    void watch(ProcessHandle process) {
        tell("+ " + process.pid());
        final var _ = process.onExit().thenRun(() -> tell("- " + process.pid()));
    }

    private synchronized void tell(String line) {
        try {
            told.write(line + "\n");
            told.flush();
        } catch (IOException e) {
            // closed: nothing is watched any more
        }
    }

    /** Kills the watched processes that are left. */
    @Override
    public void close() {
        try {
            synchronized (this) {
                told.close();
            }
        } catch (IOException e) {
            // the shell has ended before
        }
        shell.onExit().join();
    }
}
