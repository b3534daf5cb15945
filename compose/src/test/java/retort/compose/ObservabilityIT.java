package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rules of Prometheus of the profile {@code observability}. {@link ComposeIT} asks it about a stack, by {@link WatchedStack}. */
final class ObservabilityIT {
    @BeforeAll
    static void needsPrometheus() throws Exception {
        Docker.requireCompose();
        assumeTrue(WatchedStack.canBeWatched(), "skipped: the image " + WatchedStack.IMAGE + " is not here and cannot be pulled");
    }

    @Test
    void promtoolAcceptsTheFilesAndEveryRuleFiresWhereItShould() throws Exception {
        assertThat(promtool("check", "config", "/etc/prometheus/prometheus.yml")).isZero();
        assertThat(promtool("test", "rules", "/etc/prometheus/alerts_test.yml")).isZero();
    }

    private static int promtool(String... arguments) throws Exception {
        final List<String> command = new ArrayList<>(List.of("docker", "run", "--rm", "--network", "none", "-v",
                ObservabilityTest.FOLDER + ":/etc/prometheus:ro", "--entrypoint", "/bin/promtool", WatchedStack.IMAGE));
        command.addAll(List.of(arguments));
        return Docker.run(Path.of("."), Map.of(), command.toArray(String[]::new));
    }
}
