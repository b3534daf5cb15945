package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import retort.evaluator.feed.EvaluationFeed;
import retort.kafka.Broker;
import retort.record.CheckpointReady;
import retort.record.Evaluation;
import retort.settings.Settings;

/**
 * A project of the compose files at free ports. The image is built once for all projects. Closing it prints the last lines of each service and
 * removes everything else that it has made.
 */
final class ComposeStack implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofMinutes(8);
    static final String IMAGE = "retort:local";
    static final Path FILE = Path.of(System.getProperty("retort.root"), "compose", "docker-compose.yml");
    private static final Path ROOT = Path.of(System.getProperty("retort.root"));
    private static final Duration OFTEN = Duration.ofSeconds(2);

    private final String project;
    private final List<String> files = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, Integer> ports = new HashMap<>();
    private static boolean built;
    private boolean started;

    /** @param files names of compose files, or paths; {@code docker-compose.yml} goes before them */
    ComposeStack(String name, String... files) throws IOException {
        project = "retort-it-" + name + "-" + ProcessHandle.current().pid();
        this.files.addAll(List.of("-f", "compose/docker-compose.yml"));
        for (final String file : files)
            this.files.addAll(List.of("-f", file.startsWith("/") ? file : "compose/" + file));
        final List<ServerSocket> taken = new ArrayList<>();
        for (final String variable : List.of("KAFKA_PORT", "KAFKA_PORT_2", "KAFKA_PORT_3", "PAGE_PORT", "PROMETHEUS_PORT",
                "REGISTRY_PORT", "KAFKA_UI_PORT", "S3_PORT")) {
            taken.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            ports.put(variable, taken.getLast().getLocalPort());
            with("RETORT_" + variable, Integer.toString(taken.getLast().getLocalPort()));
        }
        for (final ServerSocket socket : taken)
            socket.close();
    }

    ComposeStack with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Few validation images, where a test needs an evaluation of the demo and not what it says. */
    ComposeStack withFewImages(Path directory) throws IOException {
        return with("RETORT_SETTINGS", Files.writeString(directory.resolve("few.conf"),
                "ingest { val.samples = 200, probe.samples = 400 }").toString());
    }

    int port(String variable) {
        return ports.get(variable);
    }

    /** Starts services, or all of them. A build takes seconds even where nothing has changed, so one serves all projects. */
    void up(String... services) throws IOException, InterruptedException {
        build();
        final List<String> arguments = new ArrayList<>(List.of("up", "-d"));
        arguments.addAll(List.of(services));
        compose(arguments.toArray(String[]::new));
    }

    /** Builds the image, once. */
    void build() throws IOException, InterruptedException {
        synchronized (ComposeStack.class) {
            if (!built)
                compose("build", "trainer");
            built = true;
        }
    }

    /** Runs {@code docker compose}, which has to end well. */
    void compose(String... arguments) throws IOException, InterruptedException {
        started |= List.of(arguments).contains("up");
        assertThat(Docker.run(ROOT, environment, command(arguments))).as("docker compose " + String.join(" ", arguments))
                .isZero();
    }

    /** Runs {@code docker compose}. @return its standard output */
    String output(String... arguments) throws IOException, InterruptedException {
        return Docker.output(ROOT, environment, command(arguments));
    }

    /** A template of {@code docker inspect} for the container of a service, which may have ended. */
    String inspect(String service, String template) throws IOException, InterruptedException {
        return Docker.output(ROOT, Map.of(), "docker", "inspect", "-f", template, output("ps", "-a", "-q", service));
    }

    /** The time at which the container of a service has ended. */
    Instant ended(String service) throws IOException, InterruptedException {
        return Instant.parse(inspect(service, "{{.State.FinishedAt}}"));
    }

    void awaitState(String service, String template, String state) {
        await().atMost(PATIENCE).pollInterval(OFTEN).until(() -> inspect(service, template), state::equals);
    }

    void awaitHealthy(String... services) {
        for (final String service : services)
            awaitState(service, "{{.State.Health.Status}}", "healthy");
    }

    void awaitEvaluation(String run, String suite) {
        await().atMost(PATIENCE).pollInterval(OFTEN).ignoreExceptions().until(() -> evaluations(ConfigFactory.empty()),
                found -> found.stream().anyMatch(each -> each.getSuite().equals(suite) && each.getRun().equals(run)));
    }

    void awaitCheckpoints(Predicate<Map<String, CheckpointReady>> wanted) {
        await().atMost(PATIENCE).pollInterval(OFTEN).ignoreExceptions().until(this::checkpoints, wanted);
    }

    /** @param client settings of the client beside the address */
    Collection<Evaluation> evaluations(Config client) {
        return new EvaluationFeed(broker(client)).present();
    }

    Map<String, CheckpointReady> checkpoints() {
        final Broker broker = broker(ConfigFactory.empty());
        return broker.table(broker.topics().checkpoints());
    }

    Broker broker(Config client) {
        return Broker
                .from(Settings.over(ConfigFactory.parseMap(Map.of("kafka.bootstrap.servers", "127.0.0.1:" + port("KAFKA_PORT")))
                        .withFallback(client)));
    }

    private String[] command(String... arguments) {
        final List<String> command = new ArrayList<>(List.of("docker", "compose", "-p", project));
        command.addAll(files);
        command.addAll(List.of(arguments));
        return command.toArray(String[]::new);
    }

    @Override
    public void close() throws IOException {
        if (!started)
            return;
        try {
            compose("logs", "--no-color", "--tail", "40");
            compose("down", "-v", "--remove-orphans", "--timeout", "0");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + project + " was removed", e);
        }
    }
}
