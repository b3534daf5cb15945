package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.evaluator.feed.EvaluationFeed;
import retort.kafka.Broker;
import retort.kafka.Topics;
import retort.record.CheckpointReady;
import retort.record.Evaluation;

/**
 * Runs the unchanged compose file on the bundled data, with no settings. It builds the image if it is missing, and removes everything
 * else that it creates.
 */
final class ComposeIT {
    private static final Path ROOT = Path.of(System.getProperty("retort.root"));
    private static final String PROJECT = "retort-it-" + ProcessHandle.current().pid();
    private static final Duration PATIENCE = Duration.ofMinutes(8);
    private int port;
    private int pagePort;

    @BeforeAll
    static void needsDocker() throws Exception {
        Docker.requireCompose();
    }

    @BeforeEach
    void takesAFreePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
            pagePort = other.getLocalPort();
        }
    }

    @AfterEach
    void forgetsEverything() throws Exception {
        compose("logs", "--no-color", "--tail", "40");
        compose("down", "-v", "--remove-orphans");
    }

    @Test
    void comesUpOnTheFirstTryAndGoesOnAfterDownAndUp() throws Exception {
        assertThat(compose("up", "-d", "--build")).as("docker compose up").isZero();
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(2)).ignoreExceptions().until(this::evaluations,
                found -> found.stream().anyMatch(each -> each.getSuite().equals("knn") && each.getRun().equals("teacher")));
        final Map<String, CheckpointReady> before = checkpoints();
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(2)).until(this::evaluator, "healthy"::equals);
        try (InputStream page = URI.create("http://127.0.0.1:" + pagePort + "/api/runs").toURL().openStream()) {
            assertThat(new String(page.readAllBytes(), StandardCharsets.UTF_8)).contains("\"run\":\"teacher\"");
        }

        assertThat(compose("down")).as("docker compose down").isZero();
        assertThat(compose("up", "-d")).as("docker compose up again").isZero();

        // The same checkpoints still exist, and a later one appears although the earlier steps are not trained again.
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(2)).ignoreExceptions().until(this::checkpoints,
                found -> found.size() > before.size());
        assertThat(checkpoints()).containsAllEntriesOf(before);
    }

    @Test
    void aTrainerThatIsDoneStaysDone(@TempDir Path directory) throws Exception {
        final Path shorter = Files.writeString(directory.resolve("shorter.yml"),
                """
                        services:
                          trainer:
                            command: ["train", "--config", "/opt/retort/demo.conf", "--set", "kafka.bootstrap.servers=kafka:9092",
                              "--set", "trainer.runs=[{name=brief,objective=pretrain,steps=4,model={width=16,depth=4,heads=2,patch=4},decoder={width=8,depth=1,heads=2}}]"]
                        """);
        final String[] files = {"-f", shorter.toString()};
        assertThat(compose(files, "up", "-d", "--build")).as("docker compose up").isZero();
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(2)).until(() -> trainer(files), "exited 0 0"::equals);

        assertThat(compose(files, "up", "-d")).as("docker compose up again").isZero();
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(2)).until(() -> trainer(files), "exited 0 0"::equals);
        assertThat(checkpoints()).containsOnlyKeys("brief/0", "brief/1", "brief/2", "brief/3", "brief/4");
    }

    /** The trainer container's state, its exit code, and the number of its restarts by Docker. */
    private String trainer(String... files) throws Exception {
        final String id = Docker.output(ROOT, environment(), command(files, "ps", "-a", "-q", "trainer"));
        return Docker.output(ROOT, Map.of(), "docker", "inspect", "-f",
                "{{.State.Status}} {{.State.ExitCode}} {{.RestartCount}}", id);
    }

    /** The health of the evaluator's container, which is that of its page. */
    private String evaluator() throws Exception {
        final String id = Docker.output(ROOT, environment(), command(new String[0], "ps", "-q", "evaluator"));
        return Docker.output(ROOT, Map.of(), "docker", "inspect", "-f", "{{.State.Health.Status}}", id);
    }

    private Collection<Evaluation> evaluations() {
        return new EvaluationFeed(broker()).present();
    }

    private Map<String, CheckpointReady> checkpoints() {
        return broker().table(Topics.DEFAULT.checkpoints());
    }

    private Broker broker() {
        return Broker.at("127.0.0.1:" + port, Topics.DEFAULT.prefix());
    }

    private Map<String, String> environment() {
        return Map.of("RETORT_KAFKA_PORT", Integer.toString(port), "RETORT_PAGE_PORT", Integer.toString(pagePort));
    }

    private int compose(String... arguments) throws IOException, InterruptedException {
        return compose(new String[0], arguments);
    }

    private int compose(String[] files, String... arguments) throws IOException, InterruptedException {
        return Docker.run(ROOT, environment(), command(files, arguments));
    }

    private static String[] command(String[] files, String... arguments) {
        final List<String> command = new ArrayList<>(
                List.of("docker", "compose", "-p", PROJECT, "-f", "compose/docker-compose.yml"));
        command.addAll(List.of(files));
        command.addAll(List.of(arguments));
        return command.toArray(String[]::new);
    }
}
