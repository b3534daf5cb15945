package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code chaos} as a person does. The number of kills and the seed are those of the CI; others are tried by hand. */
final class ChaosTest {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int BROKER_AND_SERVICES = 4;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS) // the logs of a job that failed are what tells why
    private Path directory;

    @Test
    void sixKillsAndSixOtherFaultsChangeNothing() throws Exception {
        try (RetortProcess chaos = RetortProcess.start(directory, "chaos", "--kills", "6", "--seed", "1", "--data", "data")) {
            assertThat(chaos.await(PATIENCE)).as(chaos.out() + chaos.err()).isZero();

            final List<String> lines = chaos.out().lines().toList();
            assertThat(lines).filteredOn(line -> line.matches("fault \\d+ of 12: .* at step \\d+: works again after .*"))
                    .hasSize(12);
            final JsonNode verdict = new ObjectMapper().readTree(lines.getLast());
            assertThat(verdict.get("kills").asInt()).isEqualTo(6);
            for (final String good : List.of("weightsIdentical", "auditClean", "announcedOnce", "evaluatedOnce"))
                assertThat(verdict.get(good).asBoolean()).as(good).isTrue();
            assertThat(verdict.get("weightsSha256").asText()).matches("[0-9a-f]{64}");
        }
    }

    @Test
    void killedItLeavesNoProcessBehindNotEvenAStoppedOne() throws Exception {
        final List<ProcessHandle> children;
        try (RetortProcess chaos = RetortProcess.start(directory, "chaos", "--kills", "2", "--seed", "1", "--data", "data")) {
            await().atMost(PATIENCE).until(() -> javas(chaos).size() == BROKER_AND_SERVICES);
            children = javas(chaos);
            new ProcessBuilder("kill", "-STOP", Long.toString(children.getFirst().pid())).start().waitFor();
        }
        await().atMost(PATIENCE).until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
    }

    private static List<ProcessHandle> javas(RetortProcess process) {
        return ProcessHandle.of(process.pid()).orElseThrow().children()
                .filter(child -> child.info().command().orElse("").endsWith("java")).toList();
    }

    @Test
    void aFolderThatIsNotEmptyIsRefusedAndSoIsNoKill() throws Exception {
        Files.createFile(directory.resolve("mine"));
        try (RetortProcess chaos = RetortProcess.start(directory, "chaos", "--data", ".")) {
            assertThat(chaos.await(PATIENCE)).isEqualTo(1);
            assertThat(chaos.err()).contains("--data . is not empty: give a new folder, or remove this one");
        }
        try (RetortProcess chaos = RetortProcess.start(directory, "chaos", "--kills", "0")) {
            assertThat(chaos.await(PATIENCE)).isEqualTo(2);
            assertThat(chaos.err()).contains("--kills 0 is not 1 to 10000");
        }
    }
}
