package retort.compose;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;

/** The engine that the container tests run on; without one they are skipped and say so. */
final class Docker {
    private Docker() {
    }

    static void require() {
        assumeTrue(DockerClientFactory.instance().isDockerAvailable(), "skipped: no Docker engine answers on this machine");
    }

    static void requireCompose() throws Exception {
        require();
        assumeTrue(run(Path.of("."), Map.of(), "docker", "compose", "version") == 0,
                "skipped: 'docker compose' is not installed");
    }

    /** Runs a command with its output on this test's; returns its exit code. */
    static int run(Path directory, Map<String, String> environment, String... command) throws IOException, InterruptedException {
        final ProcessBuilder builder = new ProcessBuilder(List.of(command)).directory(directory.toFile()).inheritIO();
        builder.environment().putAll(environment);
        final Process process = builder.start();
        if (!process.waitFor(20, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IOException(String.join(" ", command) + " did not end within 20 minutes");
        }
        return process.exitValue();
    }
}
