package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Holds compose/docs/watching.md against what a process with all three services serves. */
final class WatchingPage {
    private static final Path PAGE = Path.of("docs", "watching.md");
    private static final Pattern ROW = Pattern.compile("^\\| `(retort_[a-z_]+)`", Pattern.MULTILINE);
    private static final Pattern FAMILY = Pattern.compile("^# TYPE (retort_[a-z_]+) (?:counter|gauge|summary)$",
            Pattern.MULTILINE);
    /** A sample in Prometheus' text format 0.0.4. */
    private static final Pattern LINE = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*(\\{.*})? (NaN|[+-]?Inf|[-+0-9.eE]+)");

    private WatchingPage() {
    }

    static void check(InetSocketAddress address) throws IOException, InterruptedException {
        final String served = get(address, "/metrics", 200);

        assertThat(served.lines().filter(line -> !line.startsWith("#"))).allMatch(line -> LINE.matcher(line).matches());
        // The largest time of each timer stands beside the timer itself.
        final Set<String> families = names(FAMILY, served).stream().filter(name -> !name.endsWith("_max"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(names(ROW, Files.readString(PAGE))).as("names in " + PAGE).isEqualTo(families);
        assertThat(value(served, "retort_trainer_steps_total{run=\"student\"}")).isEqualTo(12);
        assertThat(value(served, "retort_ingest_images_total{stream=\"val\"}")).isEqualTo(96);
        assertThat(get(address, "/health/ready", 200)).isEqualTo("{\"ok\":true,\"waiting\":{}}\n");
        assertThat(get(address, "/health/live", 200)).isEqualTo("{\"ok\":true,\"stuck\":{}}\n");
    }

    private static Set<String> names(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(found -> found.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    private static double value(String served, String series) {
        return served.lines().filter(line -> line.startsWith(series + " ")).mapToDouble(
                line -> Double.parseDouble(line.substring(line.lastIndexOf(' ')))).findFirst().orElseThrow();
    }

    private static String get(InetSocketAddress address, String path, int status) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            final HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(URI.create("http://" + address.getHostString() + ":" + address.getPort() + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(path + ": " + response.body()).isEqualTo(status);
            return response.body();
        }
    }
}
