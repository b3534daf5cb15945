package retort.trainer.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * A contestant that waits in a process of its own. It is told to step by a line on its input and answers with a line; between
 * two steps it does nothing. Its other output goes to a file, of which the end is shown should it fail. One thread.
 */
final class ContestantProcess implements AutoCloseable {
    private final String title;
    private final Process process;
    private final Path log;
    private final BufferedReader answers;
    private final BufferedWriter requests;

    private ContestantProcess(String title, Process process, Path log) {
        this.title = title;
        this.process = process;
        this.log = log;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.requests = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Returns when it is ready to step. */
    static ContestantProcess start(String title, ProcessBuilder command) {
        try {
            final Path log = Files.createTempFile("retort-bench-", ".log");
            final Process process = command.redirectError(log.toFile()).start();
            final ContestantProcess contestant = new ContestantProcess(title, process, log);
            contestant.answer("ready");
            return contestant;
        } catch (IOException e) {
            throw new BenchException(title + " cannot be started (" + e.getMessage() + "): " + command.command().getFirst());
        }
    }

    /** One step. @return seconds by the contestant's own clock */
    double step() {
        try {
            requests.write("step\n");
            requests.flush();
        } catch (IOException e) {
            throw failed();
        }
        final String[] took = answer("took").split(" ");
        if (!Double.isFinite(Double.parseDouble(took[2])))
            throw new BenchException(title + " stepped to a loss of " + took[2]);
        return Double.parseDouble(took[1]);
    }

    /** From now on the peak of memory is counted anew, where the system can do that. */
    void resetPeak() {
        try {
            Files.writeString(Path.of("/proc", Long.toString(process.pid()), "clear_refs"), "5");
        } catch (IOException e) {
            // then the peak is that of the whole life
        }
    }

    /** Most bytes that were resident. Empty where the system does not say. */
    OptionalLong peakBytes() {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /** Lines before the awaited one are a library's, and nobody's to read. */
    private String answer(String word) {
        try {
            for (String line = answers.readLine(); line != null; line = answers.readLine())
                if (line.startsWith(word + " "))
                    return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw failed();
    }

    private BenchException failed() {
        try {
            process.waitFor();
            final List<String> lines = Files.readAllLines(log);
            return new BenchException(title + " ended with exit code " + process.exitValue() + ":\n"
                    + String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size())));
        } catch (IOException e) {
            return new BenchException(title + " ended with exit code " + process.exitValue());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new BenchException(title + " was interrupted");
        }
    }

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
