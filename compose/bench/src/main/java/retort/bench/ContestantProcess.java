package retort.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * A contestant in a process of its own, and the protocol that it speaks. The process has one argument, a JSON object. It prints
 * {@code ready WORDS} when it can begin. For every line {@code run SECONDS} on its standard input it repeats its work until that time
 * has passed, at least once, and prints {@code took UNITS SECONDS}, measured by its own clock. Between two requests it does nothing.
 * Other lines that it prints are ignored. Its standard error goes to a file. If it fails, the exception contains the end of that file.
 * <p>
 * {@link #serve} is the contestant's side in Java, and {@code contestant.py} is the same in Python. For use by one thread.
 */
public final class ContestantProcess implements AutoCloseable {
    private static final int SHOWN_LINES = 15;

    private final String title;
    private final Process process;
    private final Path log;
    private final BufferedReader answers;
    private final BufferedWriter requests;
    private final String words;

    private ContestantProcess(String title, Process process, Path log) {
        this.title = title;
        this.process = process;
        this.log = log;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.requests = process.outputWriter(StandardCharsets.UTF_8);
        this.words = answer("ready");
    }

    /**
     * The work of one request.
     *
     * @param units number of times that the work was done, at least 1
     * @param seconds total time of all units, by the contestant's clock
     */
    public record Turn(long units, double seconds) {
    }

    /** The piece of work that a contestant repeats. */
    @FunctionalInterface
    public interface Work {
        void run() throws Exception;
    }

    /**
     * Starts the process and waits until it is ready.
     *
     * @param title name of the contestant in error messages
     * @throws BenchException if the process does not start, or ends before it is ready
     */
    public static ContestantProcess start(String title, ProcessBuilder command) {
        try {
            final Path log = Files.createTempFile("retort-bench-", ".log");
            return new ContestantProcess(title, command.redirectError(log.toFile()).start(), log);
        } catch (IOException e) {
            throw new BenchException(title + " cannot be started (" + e.getMessage() + "): " + command.command().getFirst());
        }
    }

    /** The contestant's side of the protocol: answers requests on this process's standard streams until the input ends. */
    public static void serve(String words, Work work) throws Exception {
        try (BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println("ready " + words);
            for (String line = requests.readLine(); line != null; line = requests.readLine()) {
                final double seconds = Double.parseDouble(line.substring(line.indexOf(' ') + 1));
                final long start = System.nanoTime();
                long units = 0;
                double taken;
                do {
                    work.run();
                    units++;
                    taken = (System.nanoTime() - start) / 1e9;
                } while (taken < seconds);
                System.out.println("took " + units + " " + taken);
            }
        }
    }

    /** The words after {@code ready}, such as versions. */
    public String words() {
        return words;
    }

    /** Calls {@link #begin} and then {@link #end}. {@code run(0)} does the work once. */
    public Turn run(double seconds) {
        begin(seconds);
        return end();
    }

    /** Sends a request. Contestants work at the same time if {@code begin} is called on each before {@code end} is called. */
    public void begin(double seconds) {
        try {
            requests.write("run " + seconds + "\n");
            requests.flush();
        } catch (IOException e) {
            throw failed();
        }
    }

    /** Waits for the answer. @throws BenchException if the process ends instead */
    public Turn end() {
        final String[] taken = answer("took").split(" ");
        return new Turn(Long.parseLong(taken[0]), Double.parseDouble(taken[1]));
    }

    /** Resets the peak of resident memory that Linux counts. On other systems {@link #peakBytes} is always empty. */
    public void resetPeak() {
        try {
            Files.writeString(Path.of("/proc", Long.toString(process.pid()), "clear_refs"), "5");
        } catch (IOException e) {
            // the peak then covers the whole life of the process
        }
    }

    /** The peak of resident memory in bytes. Empty if the system does not report it. */
    public OptionalLong peakBytes() {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    private String answer(String word) {
        try {
            for (String line = answers.readLine(); line != null; line = answers.readLine())
                if (line.startsWith(word + " "))
                    return line.substring(word.length() + 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw failed();
    }

    private BenchException failed() {
        try {
            process.waitFor();
            final List<String> lines = Files.readAllLines(log);
            Files.deleteIfExists(log);
            return new BenchException(title + " ended with exit code " + process.exitValue() + ":\n"
                    + String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size())));
        } catch (IOException e) {
            return new BenchException(title + " ended with exit code " + process.exitValue());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new BenchException(title + " was interrupted");
        }
    }

    /** Kills the process and waits for its end. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
            Files.deleteIfExists(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
