package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.kafka.Broker;
import retort.record.CheckpointReady;

/**
 * Starts the stack with docker-compose.cluster.yml and two ingest services, and kills one of each in the middle of a run. Its output says for how
 * long records and steps were missing.
 */
final class ClusterIT {
    @BeforeAll
    static void needsDocker() throws Exception {
        Docker.requireCompose();
    }

    @Test
    void aRunGoesOnWithoutOneOfThreeBrokersAndOneOfTwoIngestServicesAndLosesNothing(@TempDir Path directory) throws Exception {
        final Path brief = Files.writeString(directory.resolve("brief.yml"),
                """
                        services:
                          trainer:
                            command: ["train", "--environment", "--config", "/opt/retort/container.conf", %s, "--set",
                              "trainer.runs=[{name=brief,objective=pretrain,steps=20000,checkpoint-every=100,checkpoints-per-run=0,model={width=16,depth=2,heads=2,patch=7},decoder={width=8,depth=1,heads=2}}]"]
                        """
                        .formatted(StackPauses.SETTINGS));
        try (ComposeStack stack = new ComposeStack("three", "docker-compose.cluster.yml", brief.toString())) {
            stack.up("--scale", "ingest=2");
            stack.awaitCheckpoints(found -> found.containsKey("brief/100"));
            stack.compose("kill", "kafka-2");
            final Instant broker = stack.ended("kafka-2");
            await().atMost(ComposeStack.PATIENCE).pollInterval(Duration.ofMillis(100)).until(() -> isLeader(stack, 2),
                    found -> !found);
            final Duration failover = Duration.between(broker, Instant.now());
            goesOn(stack);
            final StackPauses without = StackPauses.of(stack, "brief");

            assertThat(stack.output("ps", "-q", "ingest").lines()).hasSize(2);
            assertThat(Docker.run(directory, Map.of(), "docker", "kill",
                    stack.output("ps", "-q", "ingest").lines().findFirst().orElseThrow()))
                    .isZero();
            final Instant ingest = Instant.now();
            goesOn(stack);
            System.out.printf(
                    "one of three brokers is killed: others lead its partitions after %.1f s; %s. One of two ingest services"
                            + " is killed: %s%n",
                    failover.toMillis() / 1000.0, without.between(broker, ingest),
                    StackPauses.of(stack, "brief").between(ingest, Instant.now()));
            stack.compose("stop", "trainer");

            // The audit ends with 1 if a sample is missing, comes twice, or comes in another order.
            stack.compose("run", "--rm", "--no-deps", "trainer", "audit", "--environment", "--config",
                    "/opt/retort/container.conf",
                    "--run", "brief");
            assertThat(stack.inspect("trainer", "{{.RestartCount}}")).as("the trainer itself has not failed").isEqualTo("0");
        }
    }

    /** Waits for two more checkpoints. */
    private static void goesOn(ComposeStack stack) {
        final Map<String, CheckpointReady> before = stack.checkpoints();
        stack.awaitCheckpoints(found -> found.size() > before.size() + 1);
    }

    private static boolean isLeader(ComposeStack stack, int node) {
        final Broker broker = stack.broker(ConfigFactory.empty());
        final String images = broker.topics().images("train");
        return broker.ask(admin -> Broker.await(admin.describeTopics(List.of(images)).allTopicNames())).get(images).partitions()
                .stream().anyMatch(partition -> partition.leader() == null || partition.leader().id() == node);
    }
}
