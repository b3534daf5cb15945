package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prometheus of the profile {@code observability}: its rules, and every query of the dashboard, on a stack that trains the demo. */
final class ObservabilityIT {
    private static final String IMAGE = "prom/prometheus:v3.5.0";
    private static final ObjectMapper JSON = new ObjectMapper();

    @BeforeAll
    static void needsPrometheus() throws Exception {
        Docker.requireCompose();
        assumeTrue(Docker.run(Path.of("."), Map.of(), "docker", "image", "inspect", "-f", "{{.Id}}", IMAGE) == 0
                || Docker.run(Path.of("."), Map.of(), "docker", "pull", "-q", IMAGE) == 0,
                "skipped: the image " + IMAGE + " is not here and cannot be pulled");
    }

    @Test
    void promtoolAcceptsTheFilesAndEveryRuleFiresWhereItShould() throws Exception {
        assertThat(promtool("check", "config", "/etc/prometheus/prometheus.yml")).isZero();
        assertThat(promtool("test", "rules", "/etc/prometheus/alerts_test.yml")).isZero();
    }

    @Test
    void everyServiceIsAskedAndEveryQueryOfTheDashboardHasAnAnswer(@TempDir Path directory) throws Exception {
        try (ComposeStack stack = new ComposeStack("watched").withFewImages(directory)) {
            stack.up();
            stack.compose("--profile", "observability", "up", "-d", "prometheus"); // Grafana cannot be had everywhere
            for (final String service : List.of("ingest", "trainer", "evaluator"))
                await().atMost(ComposeStack.PATIENCE).pollInterval(Duration.ofSeconds(2)).ignoreExceptions()
                        .until(() -> ask(stack, "up{service=\"" + service + "\"} == 1").size(), found -> found == 1);
            stack.awaitEvaluation("student", "knn");
            stack.awaitHealthy("prometheus");
            // What has not happened in this run has no series, and a rate has one after two scrapes.
            await().atMost(ComposeStack.PATIENCE).pollInterval(Duration.ofSeconds(2))
                    .untilAsserted(() -> assertThat(silent(stack))
                            .allMatch(query -> query.contains("refused") || query.contains("rejected")));
            assertThat(get(stack, "/api/v1/rules").at("/data/groups/0/rules")).hasSize(7)
                    .allMatch(rule -> rule.get("health").asText().equals("ok"));
        }
    }

    /** The queries of the dashboard without an answer. */
    private static List<String> silent(ComposeStack stack) throws IOException {
        final List<String> silent = new ArrayList<>();
        for (final String query : ObservabilityTest.queries())
            if (ask(stack, query.replace("$__rate_interval", "1m")).isEmpty())
                silent.add(query);
        return silent;
    }

    private static int promtool(String... arguments) throws Exception {
        final List<String> command = new ArrayList<>(List.of("docker", "run", "--rm", "--network", "none", "-v",
                ObservabilityTest.FOLDER + ":/etc/prometheus:ro", "--entrypoint", "/bin/promtool", IMAGE));
        command.addAll(List.of(arguments));
        return Docker.run(Path.of("."), Map.of(), command.toArray(String[]::new));
    }

    private static JsonNode ask(ComposeStack stack, String query) throws IOException {
        return get(stack, "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8)).at("/data/result");
    }

    private static JsonNode get(ComposeStack stack, String path) throws IOException {
        try (InputStream in = URI.create("http://127.0.0.1:" + stack.port("PROMETHEUS_PORT") + path).toURL().openStream()) {
            final JsonNode answer = JSON.readTree(in);
            assertThat(answer.get("status").asText()).as(path).isEqualTo("success");
            return answer;
        }
    }
}
