package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The producer of the soak's images: the Python program {@code soak/feed.py}, or its twin {@link JavaFeed} where no Python is given by
 * {@code -Dsoak.python}. Both publish 1 to 50 images a second at random and list the numbers of those that the broker has acknowledged.
 */
final class SoakFeed implements AutoCloseable {
    private final Process process;

    private SoakFeed(Process process) {
        this.process = process;
    }

    /** @param list file that gets one number a line */
    static SoakFeed start(String bootstrap, String topic, Duration time, long seed, Path list) throws Exception {
        final String python = System.getProperty("soak.python", "");
        final List<String> program = python.isEmpty()
                ? List.of(ProcessHandle.current().info().command().orElseThrow(), "-Xmx64m", "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), JavaFeed.class.getName())
                : List.of(python, Path.of(SoakFeed.class.getResource("/soak/feed.py").toURI()).toString());
        final List<String> arguments = List.of(bootstrap, topic, Double.toString(time.toMillis() / 1e3), Long.toString(seed),
                list.toString());
        return new SoakFeed(new ProcessBuilder(java.util.stream.Stream.concat(program.stream(), arguments.stream()).toList())
                .inheritIO().start());
    }

    /** Waits until every image is acknowledged. */
    void awaitEnd(Duration patience) throws InterruptedException {
        assertThat(process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)).as("the producer has ended").isTrue();
        assertThat(process.exitValue()).as("exit code of the producer").isZero();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
    }
}
