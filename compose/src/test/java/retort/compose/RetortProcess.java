package retort.compose;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * {@code compose/retort} as a process of its own, on this test's class path and with the launcher's options. Its output goes to files.
 * Closing it kills it, as {@code kill -9} does.
 */
final class RetortProcess implements AutoCloseable {
    private static final Path COMPOSE = Path.of(System.getProperty("retort.root"), "compose");

    /** The complete output of a process. */
    record Said(String out, String err) {
    }

    private final Process process;
    private final Path out;
    private final Path err;

    private RetortProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** @param directory directory for the output, in new files */
    static RetortProcess start(Path directory, String... arguments) throws IOException {
        return start(directory, Map.of(), System.getProperty("java.class.path"), arguments);
    }

    /** Starts the process on another class path. */
    static RetortProcess startWith(String classPath, Path directory, String... arguments) throws IOException {
        return start(directory, Map.of(), classPath, arguments);
    }

    /** Starts the process with further variables of the environment. */
    static RetortProcess startIn(Map<String, String> environment, Path directory, String... arguments) throws IOException {
        return start(directory, environment, System.getProperty("java.class.path"), arguments);
    }

    private static RetortProcess start(Path directory, Map<String, String> environment, String classPath, String[] arguments)
            throws IOException {
        final Path out = Files.createTempFile(directory, "said", ".out");
        final Path err = Files.createTempFile(directory, "said", ".err");
        final List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow(), "-Xmx448m",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow", "-Dai.djl.offline=true", "-Djava.awt.headless=true",
                "-Dlogback.configurationFile=logback.xml",
                "-cp", classPath, Retort.class.getName()));
        command.addAll(List.of(arguments));
        final ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile()).redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(environment);
        builder.environment().put("RETORT_HOME", COMPOSE.toString());
        builder.environment().put("RETORT_DATA", COMPOSE.resolve("data").toString());
        return new RetortProcess(builder.start(), out, err);
    }

    /** Waits until the process ends. @return the exit code */
    int await(Duration patience) throws InterruptedException {
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS))
            throw new AssertionError("still running after " + patience.toSeconds() + " s; it said:\n" + out() + err());
        return process.exitValue();
    }

    /** Waits at most {@code time}, and does not fail if the time passes. @return true if the process has ended */
    boolean endsWithin(Duration time) throws InterruptedException {
        return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.destroy();
    }

    String out() {
        return read(out);
    }

    String err() {
        return read(err);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
