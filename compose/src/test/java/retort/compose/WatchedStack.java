package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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

/** A stack that trains the demo, as Prometheus of the profile {@code observability} sees it. Grafana cannot be had everywhere. */
final class WatchedStack {
    static final String IMAGE = "prom/prometheus:v3.5.0";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ComposeStack stack;

    private WatchedStack(ComposeStack stack) {
        this.stack = stack;
    }

    /** True if the image of Prometheus is here, or can be pulled. */
    static boolean canBeWatched() throws Exception {
        return Docker.run(Path.of("."), Map.of(), "docker", "image", "inspect", "-f", "{{.Id}}", IMAGE) == 0
                || Docker.run(Path.of("."), Map.of(), "docker", "pull", "-q", IMAGE) == 0;
    }

    /** Starts Prometheus beside a stack, and waits until it has asked every service and has an answer to every query of the dashboard. */
    static void everyServiceIsAskedAndEveryQueryHasAnAnswer(ComposeStack stack) throws Exception {
        stack.compose("--profile", "observability", "up", "-d", "prometheus");
        final WatchedStack watched = new WatchedStack(stack);
        for (final String service : List.of("ingest", "trainer", "evaluator"))
            await().atMost(ComposeStack.PATIENCE).pollInterval(Duration.ofSeconds(2)).ignoreExceptions()
                    .until(() -> watched.ask("up{service=\"" + service + "\"} == 1").size(), found -> found == 1);
        stack.awaitHealthy("prometheus");
        // What has not happened in this run has no series, and a rate has one after two scrapes.
        await().atMost(ComposeStack.PATIENCE).pollInterval(Duration.ofSeconds(2))
                .untilAsserted(() -> assertThat(watched.silent())
                        .allMatch(query -> query.contains("refused") || query.contains("rejected")));
        assertThat(watched.get("/api/v1/rules").at("/data/groups/0/rules")).hasSize(7)
                .allMatch(rule -> rule.get("health").asText().equals("ok"));
    }

    /** The queries of the dashboard without an answer. */
    private List<String> silent() throws IOException {
        final List<String> silent = new ArrayList<>();
        for (final String query : ObservabilityTest.queries())
            if (ask(query.replace("$__rate_interval", "1m")).isEmpty())
                silent.add(query);
        return silent;
    }

    private JsonNode ask(String query) throws IOException {
        return get("/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8)).at("/data/result");
    }

    private JsonNode get(String path) throws IOException {
        try (InputStream in = URI.create("http://127.0.0.1:" + stack.port("PROMETHEUS_PORT") + path).toURL().openStream()) {
            final JsonNode answer = JSON.readTree(in);
            assertThat(answer.get("status").asText()).as(path).isEqualTo("success");
            return answer;
        }
    }
}
