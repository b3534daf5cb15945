package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
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

    private static final String SECURE_CLUSTER = "docker-compose.cluster.yml docker-compose.secure.yml docker-compose.secure-cluster.yml";

    @BeforeAll
    static void needsDocker() throws Exception {
        Docker.requireCompose();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "docker-compose.secure.yml", "docker-compose.cluster.yml", "docker-compose.gpu.yml",
            SECURE_CLUSTER})
    void everyFileIsUnderstoodWithEveryProfile(String names) throws Exception {
        final String[] files = names.isEmpty() ? new String[0] : names.split(" ");
        try (ComposeStack stack = new ComposeStack("config", files)) {
            stack.compose("config", "-q");
            stack.compose("--profile", "observability", "--profile", "sweep", "--profile", "registry", "--profile", "s3",
                    "config",
                    "-q");
        }
    }

    /** The files for three brokers and for security name listeners, each for itself; together no listener is left open. */
    @Test
    void eachOfThreeSecuredBrokersAsksForAUser() throws Exception {
        try (ComposeStack stack = new ComposeStack("secured", SECURE_CLUSTER.split(" "))) {
            assertThat(services(stack.output("config"))).filteredOn(service -> service.contains("KAFKA_NODE_ID")).hasSize(3)
                    .allSatisfy(broker -> assertThat(broker)
                            .contains("StandardAuthorizer", "INTERNAL:SASL_SSL,CONTROLLER:SASL_SSL,HOST:SASL_SSL")
                            .doesNotContain("PLAINTEXT"));
        }
    }

    /** Whatever a profile adds is hardened as the other services are, and published on loopback alone. */
    @Test
    void everyServiceIsHardenedAndPublishedOnLoopbackAlone() throws Exception {
        try (ComposeStack stack = new ComposeStack("hardened")) {
            final String config = stack.output("--profile", "observability", "--profile", "sweep", "--profile", "registry",
                    "--profile", "s3", "config");
            assertThat(services(config)).hasSizeGreaterThanOrEqualTo(13).allSatisfy(service -> assertThat(service)
                    .contains("read_only: true", "- no-new-privileges:true", "max-size: 10m", "mem_limit: ")
                    .containsPattern("cap_drop:\\R +- ALL\\R").doesNotContain("privileged: true", "cap_add"));
        }
        assertThat(Pattern.compile("(?m)^ {6}- \"?(.*):\\d+\"?$").matcher(Files.readString(ComposeStack.FILE))
                .results().map(port -> port.group(1))).hasSizeGreaterThanOrEqualTo(7)
                .allMatch(port -> port.startsWith("127.0.0.1:${RETORT_"));
    }

    @Test
    void comesUpOnTheFirstTryAndGoesOnAfterDownAndUp() throws Exception {
        try (ComposeStack stack = new ComposeStack("demo")) {
            stack.up();
            stack.awaitEvaluation("student", "knn");
            if (WatchedStack.canBeWatched()) // otherwise ObservabilityIT is skipped, and says why
                WatchedStack.everyServiceIsAskedAndEveryQueryHasAnAnswer(stack);
            final Map<String, CheckpointReady> before = stack.checkpoints();
            stack.awaitHealthy("kafka", "ingest", "trainer", "evaluator");
            try (InputStream page = URI.create("http://127.0.0.1:" + stack.port("PAGE_PORT") + "/api/runs").toURL()
                    .openStream()) {
                assertThat(new String(page.readAllBytes(), StandardCharsets.UTF_8)).contains("\"run\":\"student\"");
            }
            for (final String service : new String[]{"kafka", "ingest", "trainer", "evaluator"}) {
                assertThat(stack.inspect(service, HARDENED)).as(service).isEqualTo("true [ALL] [no-new-privileges:true]"
                        + " map[max-file:3 max-size:10m] limited");
                assertThat(stack.output("exec", "-T", service, "id", "-u")).as(service)
                        .isEqualTo(service.equals("kafka") ? "1000" : "10001");
            }

            stack.compose("--profile", "observability", "down");
            stack.up();

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
            stack.up();
            stack.awaitState("trainer", ended, "exited 0 0");

            stack.up();
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
            stack.up();
            stack.awaitEvaluation("teacher", "knn");
            stack.awaitHealthy("trainer");
            assertThat(stack.broker(ConfigFactory.empty()).streams().find("train").orElseThrow().getClassNames())
                    .containsExactly("dark", "light");
        }
    }

    @Test
    void aVariableThatIsWrongIsNamedInTheLastLineOfTheLog() throws Exception {
        try (ComposeStack stack = new ComposeStack("wrong").with("RETORT_MASK_RATIO", "75")) {
            stack.up("kafka");
            stack.compose("up", "-d", "--no-deps", "trainer");
            await().atMost(ComposeStack.PATIENCE).until(() -> stack.output("logs", "--no-color", "trainer"),
                    log -> log.contains(
                            "retort: RETORT_MASK_RATIO=75 is no share of the patches: give a number from 0 to 1 such as 0.75"));
        }
    }

    /** No file of the image makes its caller another user, or builds programs. It starts without the right to write to its root. */
    @Test
    void theImageHasNoWayToBecomeAnotherUserAndNoToolsAndRunsReadOnly() throws Exception {
        assertThat(inImage("0", "find / -xdev -perm /6000 -type f")).isEmpty();
        assertThat(inImage("0", "for tool in javac jlink mvn gcc cc ld make git curl wget; do command -v $tool; done; true"))
                .isEmpty();
        final Path here = Path.of(".");
        for (final String user : new String[]{"10001", "12345"})
            assertThat(Docker.output(here, Map.of(), "docker", "run", "--rm", "--network", "none", "--read-only", "--user", user,
                    "--tmpfs", "/tmp:exec", "--cap-drop", "ALL", ComposeStack.IMAGE, "info")).contains("engine   PyTorch ");
        assertThat(Docker.output(here, Map.of(), "docker", "image", "inspect", "-f",
                "{{.Config.User}} {{index .Config.Labels \"org.opencontainers.image.licenses\"}}", ComposeStack.IMAGE))
                .isEqualTo("10001 Apache-2.0");
    }

    /**
     * Every library is in the list of libraries, and has a licence. A file of another time would make another layer of the same input.
     */
    @Test
    void theImageSaysWhatIsInItAndHasNoFileOfTheTimeOfItsBuild() throws Exception {
        final JsonNode libraries = new ObjectMapper().readTree(inImage("10001", "cat /opt/retort/sbom.json")).get("components");
        final Set<String> listed = new TreeSet<>();
        for (final JsonNode library : libraries) {
            final String name = library.get("name").asText() + "-" + library.get("version").asText();
            listed.add(name);
            if (!library.get("group").asText().equals("retort"))
                assertThat(library.path("licenses")).as("licences of " + name).isNotEmpty();
        }
        final List<String> jars = inImage("10001", "ls /opt/retort/lib").lines().filter(jar -> !jar.startsWith("retort-compose-"))
                .toList();
        assertThat(jars).hasSizeGreaterThan(20)
                .allMatch(jar -> listed.stream().anyMatch(name -> jar.startsWith(name + ".jar") || jar.startsWith(name + "-")));
        assertThat(inImage("10001", "cat /opt/retort/THIRD-PARTY.txt")).contains("org.apache.kafka:kafka-clients", "ai.djl");
        assertThat(inImage("10001", "find /opt/retort -newermt '2026-01-01 00:00:01 UTC'")).isEmpty();
    }

    /** The services of what {@code docker compose config} prints, each by its lines. */
    private static List<String> services(String config) {
        final String services = config.replaceFirst("(?s).*(?m)^services:\\R", "").replaceFirst("(?ms)^\\S.*", "");
        return List.of(services.split("(?m)^(?=  [a-z0-9-]+:$)"));
    }

    /** The output of a line of a shell in the image. */
    private static String inImage(String user, String line) throws Exception {
        try (ComposeStack stack = new ComposeStack("image")) {
            stack.build();
        }
        return Docker.output(Path.of("."), Map.of(), "docker", "run", "--rm", "--network", "none", "--user", user, "--entrypoint",
                "sh", ComposeStack.IMAGE, "-c", line);
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
