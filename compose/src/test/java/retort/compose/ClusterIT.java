package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.record.CheckpointReady;

/** Starts the stack with docker-compose.cluster.yml and two ingest services, and kills one of each in the middle of a run. */
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
                            command: ["train", "--environment", "--config", "/opt/retort/container.conf", "--set",
                              "trainer.runs=[{name=brief,objective=pretrain,steps=4000,checkpoint-every=100,checkpoints-per-run=0,model={width=16,depth=2,heads=2,patch=7},decoder={width=8,depth=1,heads=2}}]"]
                        """);
        try (ComposeStack stack = new ComposeStack("three", "docker-compose.cluster.yml", brief.toString())) {
            stack.up("--scale", "ingest=2");
            stack.awaitCheckpoints(found -> found.containsKey("brief/100"));
            stack.compose("kill", "kafka-2");
            assertThat(stack.output("ps", "-q", "ingest").lines()).hasSize(2);
            assertThat(Docker.run(directory, Map.of(), "docker", "kill",
                    stack.output("ps", "-q", "ingest").lines().findFirst().orElseThrow()))
                    .isZero();
            final Map<String, CheckpointReady> before = stack.checkpoints();
            stack.awaitCheckpoints(found -> found.size() > before.size() + 1);
            stack.compose("stop", "trainer");

            // The audit ends with 1 if a sample is missing, comes twice, or comes in another order.
            stack.compose("run", "--rm", "--no-deps", "trainer", "audit", "--environment", "--config",
                    "/opt/retort/container.conf",
                    "--run", "brief");
            assertThat(stack.inspect("trainer", "{{.RestartCount}}")).as("the trainer itself has not failed").isEqualTo("0");
        }
    }
}
