package retort.compose.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A service of the job in a process of its own. Its output is appended to {@code DIRECTORY/NAME.log}. The thread that starts it owns and
 * closes it, which kills it.
 */
final class ServiceProcess implements AutoCloseable {
    /** The main class by its name, because the package of all commands sees this one. */
    private static final String MAIN = "retort.compose.Retort";
    private static final Duration ANSWER_WAIT = Duration.ofSeconds(2);
    private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(ANSWER_WAIT).build();

    private final String name;
    private final Process process;
    private final URI ready;

    private ServiceProcess(String name, Process process, URI ready) {
        this.name = name;
        this.process = process;
        this.ready = ready;
    }

    /**
     * Starts a service with the options of this JVM's class path.
     *
     * @param command command of {@code retort}
     * @param name name of its log
     * @param settings file with all settings
     */
    static ServiceProcess start(Path directory, String command, String name, Path settings) {
        final int port = freePort();
        final ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "-Xshare:auto", "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow", "-Dai.djl.offline=true", "-Djava.awt.headless=true",
                "-Dlogback.configurationFile=logback.xml", "-cp", System.getProperty("java.class.path"), MAIN,
                command, "--config", settings.toString(), "--set", "metrics.enabled=true", "--set",
                "metrics.address=\"127.0.0.1:" + port + "\"");
        builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve(name + ".log").toFile()));
        builder.environment().putIfAbsent("OMP_WAIT_POLICY", "PASSIVE");
        try {
            return new ServiceProcess(name, builder.start(), URI.create("http://127.0.0.1:" + port + "/health/ready"));
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be started: " + e.getMessage(), e);
        }
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    String name() {
        return name;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The exit code of a process that has ended. */
    int exitCode() {
        return process.exitValue();
    }

    /** True if the service says that it works. */
    boolean isReady() {
        try {
            return isAlive() && HTTP.send(HttpRequest.newBuilder(ready).timeout(ANSWER_WAIT).build(),
                    HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Stops the process by SIGSTOP. Its connections stay open. */
    void pause() {
        signal("STOP");
    }

    /** Lets a paused process go on. */
    void resume() {
        signal("CONT");
    }

    /** Lets the process write the stacks of its threads to its log. */
    void writeStacks() {
        if (isAlive())
            signal("QUIT");
    }

    /** Asks the process to end, by SIGTERM. @return true if it ended within {@code patience} */
    boolean stop(Duration patience) throws InterruptedException {
        process.destroy();
        return endsWithin(patience);
    }

    boolean endsWithin(Duration patience) throws InterruptedException {
        return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void signal(String signal) {
        try {
            new ProcessBuilder(List.of("kill", "-" + signal, Long.toString(process.pid()))).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Kills the process, as {@code kill -9} does, and waits for its end. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
