package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import retort.codec.EventCodec;
import retort.evaluator.feed.EvaluationFeed;
import retort.kafka.EventReader;
import retort.kafka.KafkaSettings;
import retort.kafka.Topics;
import retort.record.CheckpointReady;
import retort.record.Evaluation;

/** The compose file as it is, on the bundled data with nothing set. Builds the image where it is missing. */
final class ComposeIT {
    private static final Path ROOT = Path.of(System.getProperty("retort.root"));
    private static final String PROJECT = "retort-it-" + ProcessHandle.current().pid();
    private static final Duration PATIENCE = Duration.ofMinutes(8);
    private static int port;

    @BeforeAll
    static void needsDocker() throws Exception {
        Docker.requireCompose();
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
    }

    @AfterAll
    static void forgetEverything() throws Exception {
        if (port != 0)
            compose("down", "-v", "--remove-orphans");
    }

    @Test
    void comesUpOnTheFirstTryAndGoesOnAfterDownAndUp() throws Exception {
        assertThat(compose("up", "-d", "--build")).as("docker compose up").isZero();
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(2)).ignoreExceptions().until(ComposeIT::evaluations,
                found -> found.stream().anyMatch(each -> each.getSuite().equals("knn") && each.getRun().equals("teacher")));
        final Map<String, CheckpointReady> before = checkpoints();

        assertThat(compose("down")).as("docker compose down").isZero();
        assertThat(compose("up", "-d")).as("docker compose up again").isZero();

        // The same checkpoints are there, and a later one comes without the earlier steps being trained again.
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(2)).ignoreExceptions().until(ComposeIT::checkpoints,
                found -> found.size() > before.size());
        assertThat(checkpoints()).containsAllEntriesOf(before);
    }

    private static Collection<Evaluation> evaluations() {
        return new EvaluationFeed(kafka(), Topics.DEFAULT, (key, where, reason) -> {
        }).present(Duration.ofSeconds(10));
    }

    private static Map<String, CheckpointReady> checkpoints() {
        return EventReader.table(kafka(), Topics.DEFAULT.checkpoints(), EventCodec.of(CheckpointReady.class),
                (key, where, reason) -> {
                }, Duration.ofSeconds(10));
    }

    private static KafkaSettings kafka() {
        return KafkaSettings.of("127.0.0.1:" + port);
    }

    private static int compose(String... arguments) throws IOException, InterruptedException {
        final String[] command = new String[arguments.length + 6];
        final String[] head = {"docker", "compose", "-f", "compose/docker-compose.yml", "-p", PROJECT};
        System.arraycopy(head, 0, command, 0, head.length);
        System.arraycopy(arguments, 0, command, head.length, arguments.length);
        return Docker.run(ROOT, Map.of("RETORT_KAFKA_PORT", Integer.toString(port)), command);
    }
}
