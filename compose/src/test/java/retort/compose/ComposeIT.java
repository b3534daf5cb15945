package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import retort.record.CheckpointReady;

/** Runs the unchanged compose file: on the bundled data with no settings, and on images of one's own. */
final class ComposeIT {
    private static final String HARDENED = "{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}}"
            + " {{.HostConfig.LogConfig.Config}} {{if .HostConfig.Memory}}limited{{end}}";

    @BeforeAll
    static void needsDocker() throws Exception {
        Docker.requireCompose();
    }

    @ParameterizedTest
    @ValueSource(strings = {"docker-compose.secure.yml", "docker-compose.cluster.yml", "docker-compose.gpu.yml"})
    void everyFileIsUnderstoodWithEveryProfile(String file) throws Exception {
        try (ComposeStack stack = new ComposeStack("config", file).with("RETORT_TORCH", "/opt/torch")) {
            stack.compose("config", "-q");
            stack.compose("--profile", "observability", "--profile", "sweep", "config", "-q");
        }
    }

    @Test
    void comesUpOnTheFirstTryAndGoesOnAfterDownAndUp() throws Exception {
        try (ComposeStack stack = new ComposeStack("demo")) {
            stack.compose("up", "-d", "--build");
            stack.awaitEvaluation("teacher", "knn");
            final Map<String, CheckpointReady> before = stack.checkpoints();
            stack.awaitHealthy("kafka", "ingest", "trainer", "evaluator");
            try (InputStream page = URI.create("http://127.0.0.1:" + stack.port("PAGE_PORT") + "/api/runs").toURL()
                    .openStream()) {
                assertThat(new String(page.readAllBytes(), StandardCharsets.UTF_8)).contains("\"run\":\"teacher\"");
            }
            for (final String service : new String[]{"kafka", "ingest", "trainer", "evaluator"}) {
                assertThat(stack.inspect(service, HARDENED)).as(service).isEqualTo("true [ALL] [no-new-privileges:true]"
                        + " map[max-file:3 max-size:10m] limited");
                assertThat(stack.output("exec", "-T", service, "id", "-u")).as(service)
                        .isEqualTo(service.equals("kafka") ? "1000" : "10001");
            }

            stack.compose("down");
            stack.compose("up", "-d");

            // The same checkpoints still exist, and a later one appears although the earlier steps are not trained again.
            stack.awaitCheckpoints(found -> found.size() > before.size());
            assertThat(stack.checkpoints()).containsAllEntriesOf(before);
        }
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
        final String ended = "{{.State.Status}} {{.State.ExitCode}} {{.RestartCount}}";
        try (ComposeStack stack = new ComposeStack("done", shorter.toString())) {
            stack.compose("up", "-d", "--build");
            stack.awaitState("trainer", ended, "exited 0 0");

            stack.compose("up", "-d");
            stack.awaitState("trainer", ended, "exited 0 0");
            assertThat(stack.checkpoints()).containsOnlyKeys("brief/0", "brief/1", "brief/2", "brief/3", "brief/4");
        }
    }

    @Test
    void trainsOnAFolderOfOnesOwnByTwoVariables(@TempDir Path directory) throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        photographs(directory.resolve("train"), 150);
        photographs(directory.resolve("val"), 20);
        try (ComposeStack stack = new ComposeStack("own").with("RETORT_FOLDER", directory.toString()).with("RETORT_IMAGE",
                "32")) {
            stack.compose("up", "-d", "--build");
            stack.awaitEvaluation("teacher", "knn");
            stack.awaitHealthy("trainer");
            assertThat(stack.broker(ConfigFactory.empty()).streams().find("train").orElseThrow().getClassNames())
                    .containsExactly("dark", "light");
        }
    }

    @Test
    void aVariableThatIsWrongIsNamedInTheLastLineOfTheLog() throws Exception {
        try (ComposeStack stack = new ComposeStack("wrong").with("RETORT_MASK_RATIO", "75")) {
            stack.compose("up", "-d", "--build", "kafka");
            stack.compose("up", "-d", "--no-deps", "trainer");
            await().atMost(ComposeStack.PATIENCE).until(() -> stack.output("logs", "--no-color", "trainer"),
                    log -> log.contains(
                            "retort: RETORT_MASK_RATIO=75 is no share of the patches: give a number from 0 to 1 such as 0.75"));
        }
    }

    /** No file of the image makes its caller another user. A service starts without the right to write to its root, as anybody's uid. */
    @Test
    void theImageHasNoWayToBecomeAnotherUser() throws Exception {
        try (ComposeStack stack = new ComposeStack("image")) {
            stack.compose("build", "trainer");
        }
        final Path here = Path.of(".");
        assertThat(
                Docker.output(here, Map.of(), "docker", "run", "--rm", "--network", "none", "--user", "0", "--entrypoint", "find",
                        ComposeStack.IMAGE, "/", "-xdev", "-perm", "/6000", "-type", "f"))
                .isEmpty();
        assertThat(Docker.output(here, Map.of(), "docker", "run", "--rm", "--network", "none", "--read-only", "--user", "12345",
                "--tmpfs", "/tmp:exec", "--cap-drop", "ALL", ComposeStack.IMAGE, "info")).contains("engine   PyTorch ");
    }

    /** Writes JPEGs of two classes, as many of each. */
    private static void photographs(Path folder, int ofEach) throws IOException {
        final Random random = new Random(ofEach);
        for (final String kind : new String[]{"dark", "light"}) {
            Files.createDirectories(folder.resolve(kind));
            for (int n = 0; n < ofEach; n++) {
                final BufferedImage image = new BufferedImage(80, 60, BufferedImage.TYPE_INT_RGB);
                for (int y = 0; y < 60; y++)
                    for (int x = 0; x < 80; x++)
                        image.setRGB(x, y, (kind.equals("dark") ? 0x101010 : 0xa0a0a0) + random.nextInt(0x40) * 0x010101);
                ImageIO.write(image, "jpg", folder.resolve(kind).resolve(n + ".jpg").toFile());
            }
        }
    }
}
