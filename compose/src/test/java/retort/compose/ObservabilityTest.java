package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Holds the dashboard and the rules of the profile {@code observability} against the names of watching.md, which {@link WatchingPage} holds
 * against what a process serves.
 */
final class ObservabilityTest {
    static final Path FOLDER = Path.of(System.getProperty("retort.root"), "compose", "observability");
    private static final Pattern NAME = Pattern.compile("\\bretort_[a-z_]+");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(retort_[a-z_]+)` \\|[^|]*\\| (timer:)?");
    private static final Pattern RULE = Pattern.compile("(?m)^ +- alert: (\\w+)$");

    @Test
    void everyFigureOfTheDashboardAndOfTheRulesIsServed() throws IOException {
        final Set<String> served = served();
        assertThat(names(Files.readString(FOLDER.resolve("alerts.yml")))).isNotEmpty().isSubsetOf(served);
        final Set<String> asked = names(String.join("\n", queries()));
        assertThat(asked).isSubsetOf(served);
        assertThat(asked).as("what the issue of a run is seen by").contains("retort_trainer_loss", "retort_trainer_images_total",
                "retort_trainer_wait_seconds_sum", "retort_reader_lag_seconds", "retort_trainer_pause_seconds_max",
                "retort_reader_budget_bytes", "retort_trainer_checkpoint_age_seconds", "retort_ingest_rejected_total",
                "retort_evaluator_evaluation_seconds_count");
    }

    @Test
    void theDashboardAsksTheSourceThatIsProvided() throws IOException {
        final JsonNode dashboard = dashboard();
        final String source = Files.readString(FOLDER.resolve("grafana/datasources/prometheus.yml"));
        final Set<Integer> ids = new HashSet<>();
        final Set<String> places = new HashSet<>();
        for (final JsonNode panel : dashboard.get("panels")) {
            assertThat(panel.get("title").asText()).isNotBlank();
            assertThat(ids.add(panel.get("id").asInt())).as("panel " + panel.get("id") + " once").isTrue();
            assertThat(places.add(panel.get("gridPos").get("x") + "/" + panel.get("gridPos").get("y"))).isTrue();
            assertThat(source).contains("uid: " + panel.get("datasource").get("uid").asText() + "\n");
        }
        assertThat(Files.readString(FOLDER.resolve("grafana/dashboards/provider.yml")))
                .contains("path: /etc/grafana/provisioning/dashboards");
    }

    @Test
    void everyRuleIsTried() throws IOException {
        final Set<String> tried = new TreeSet<>();
        final Matcher test = Pattern.compile("(?m)^ +alertname: (\\w+)\\R +exp_alerts:$")
                .matcher(Files.readString(FOLDER.resolve("alerts_test.yml")));
        while (test.find())
            tried.add(test.group(1));
        final Set<String> rules = new TreeSet<>();
        final Matcher rule = RULE.matcher(Files.readString(FOLDER.resolve("alerts.yml")));
        while (rule.find())
            rules.add(rule.group(1));
        assertThat(tried).as("rules that alerts_test.yml makes fire").isEqualTo(rules);
    }

    /** The queries of the dashboard. */
    static List<String> queries() throws IOException {
        final List<String> queries = new ArrayList<>();
        for (final JsonNode panel : dashboard().get("panels"))
            for (final JsonNode target : panel.get("targets"))
                queries.add(target.get("expr").asText());
        return queries;
    }

    private static JsonNode dashboard() throws IOException {
        return new ObjectMapper().readTree(FOLDER.resolve("grafana/dashboards/retort.json").toFile());
    }

    /** The names of watching.md; a timer has three. */
    private static Set<String> served() throws IOException {
        final Set<String> names = new TreeSet<>();
        final Matcher row = ROW.matcher(Files.readString(FOLDER.resolveSibling("docs/watching.md")));
        while (row.find())
            if (row.group(2) == null)
                names.add(row.group(1));
            else
                names.addAll(List.of(row.group(1) + "_sum", row.group(1) + "_count", row.group(1) + "_max"));
        return names;
    }

    private static Set<String> names(String text) {
        final Set<String> names = new TreeSet<>();
        final Matcher name = NAME.matcher(text);
        while (name.find())
            names.add(name.group());
        return names;
    }
}
