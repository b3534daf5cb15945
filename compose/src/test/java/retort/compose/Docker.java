package retort.compose;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;

/** The Docker engine for the container tests. Without an engine they are skipped with a message. */
final class Docker {
    private Docker() {
    }

    static void require() {
        assumeTrue(DockerClientFactory.instance().isDockerAvailable(),
                "skipped: no Docker engine answers at DOCKER_HOST or the usual socket");
    }

    static void requireCompose() throws InterruptedException {
        require();
        assumeTrue(hasCompose(), "skipped: a Docker engine answers, but the command 'docker compose' is not installed");
    }

    private static boolean hasCompose() throws InterruptedException {
        try {
            return run(Path.of("."), Map.of(), "docker", "compose", "version") == 0;
        } catch (IOException e) { // there is no docker command
            return false;
        }
    }

    /** Runs a command whose output goes to the output of this test. @return its exit code */
    static int run(Path directory, Map<String, String> environment, String... command) throws IOException, InterruptedException {
        return exit(builder(directory, environment, command).inheritIO().start(), command);
    }

    /** Runs a command. @return its standard output */
    static String output(Path directory, Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        final Process process = builder(directory, environment, command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        exit(process, command);
        return output.strip();
    }

    private static ProcessBuilder builder(Path directory, Map<String, String> environment, String... command) {
        final ProcessBuilder builder = new ProcessBuilder(List.of(command)).directory(directory.toFile());
        builder.environment().putAll(environment);
        return builder;
    }

    private static int exit(Process process, String... command) throws IOException, InterruptedException {
        if (!process.waitFor(20, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IOException(String.join(" ", command) + " did not end within 20 minutes");
        }
        return process.exitValue();
    }
}
