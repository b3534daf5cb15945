package retort.evaluator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.broker.EmbeddedBroker;
import retort.console.StatusLine;
import retort.kafka.Keys;
import retort.settings.Settings;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;

/** Calls a real HTTP server on loopback. */
class WebhookTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;
    private static EmbeddedBroker broker;
    private static Engine engine;

    @TempDir
    Path checkpoints;

    /** A call as the receiver sees it. */
    @SuppressWarnings("ArrayRecordComponent") // only carries data, never compared
    private record Received(String id, String signature, byte[] body, int status) {
        JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        String summary() {
            return json().path("event").asText() + " " + json().path("run").asText() + "/" + json().path("step").asText() + " "
                    + json().path("metric").asText();
        }
    }

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(folder.resolve("kafka"));
        engine = Engine.start(new EngineSettings("cpu", 1));
    }

    @AfterAll
    static void stop() {
        engine.close();
        broker.close();
    }

    @Test
    void aReceiverThatFailsFirstGetsEveryCallInOrderAndSigned() throws Exception {
        Files.writeString(folder.resolve("secret"), "hush\n");
        final List<Received> calls = new CopyOnWriteArrayList<>();
        final HttpServer server = server(calls, number -> number < 3 ? 503 : 204);
        try (Published published = new Published(broker, checkpoints)) {
            published.streams();
            published.checkpoint("before", 0, 1);
            try (EvaluatorService service = evaluator(published, "evaluator.webhook.url=\"\"")) {
                service.caughtUp().block(PATIENCE);
            }
            try (EvaluatorService service = evaluator(published, url(server), "evaluator.webhook.pause=10ms",
                    "evaluator.webhook.secret=\"file:" + folder.resolve("secret") + "\"")) {
                service.caughtUp().block(PATIENCE);
                await().atMost(PATIENCE).until(() -> place(published) > 0); // of what was there before
                published.checkpoint("run", 0, 2);
                service.caughtUp().block(PATIENCE);
                await().atMost(PATIENCE).until(() -> taken(calls).size() == 2);
            }
        } finally {
            server.stop(0);
        }

        assertThat(calls).extracting(Received::status).containsExactly(503, 503, 503, 204, 204);
        assertThat(calls.subList(0, 4)).extracting(Received::id).as("the same call").containsOnly(calls.getFirst().id());
        assertThat(taken(calls)).extracting(Received::summary).containsExactly("promotion run/0 knn.top1",
                "promotion run/0 reconstruction.loss");
        final Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("hush".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        for (final Received call : calls) {
            assertThat(call.signature()).isEqualTo("sha256=" + HexFormat.of().formatHex(mac.doFinal(call.body())));
            assertThat(call.json().path("id").asText()).isEqualTo(call.id());
            assertThat(call.json().path("evaluation").path("run").asText()).isEqualTo("run");
        }
    }

    @Test
    void aCallThatWasNotTakenBeforeARestartIsMadeAgainWithItsId() throws Exception {
        final List<Received> calls = new CopyOnWriteArrayList<>();
        final HttpServer server = server(calls, number -> calls.size() < 3 ? 500 : 200);
        try (Published published = new Published(broker, checkpoints)) {
            published.streams();
            try (EvaluatorService service = evaluator(published, url(server), "evaluator.webhook.attempts=1000",
                    "evaluator.webhook.pause=10ms")) {
                service.caughtUp().block(PATIENCE);
                await().atMost(PATIENCE).until(() -> place(published) >= 0);
                published.checkpoint("run", 0, 2);
                await().atMost(PATIENCE).until(() -> !calls.isEmpty());
            }
            final String id = calls.getFirst().id();
            try (EvaluatorService service = evaluator(published, url(server), "evaluator.webhook.pause=10ms")) {
                service.caughtUp().block(PATIENCE);
                await().atMost(PATIENCE).until(() -> taken(calls).size() >= 2);
            }
            assertThat(taken(calls).getFirst().id()).isEqualTo(id);
            assertThat(taken(calls)).extracting(Received::summary).contains("promotion run/0 knn.top1",
                    "promotion run/0 reconstruction.loss");
        } finally {
            server.stop(0);
        }
    }

    /** The weights of every checkpoint are drawn, so losses rise and fall. */
    @Test
    void aRegressionIsCalledAboutAndAReceiverThatIsAwayHoldsNothingUp() throws Exception {
        final List<Received> calls = new CopyOnWriteArrayList<>();
        final HttpServer server = server(calls, number -> number < 2 ? 500 : 200);
        try (Published published = new Published(broker, checkpoints)) {
            published.streams();
            try (EvaluatorService service = evaluator(published, url(server), "evaluator.webhook.attempts=2",
                    "evaluator.webhook.pause=1ms", "evaluator.suites=[reconstruction]",
                    "evaluator.gates=[{metric = reconstruction.loss, regression = 0}]")) {
                service.caughtUp().block(PATIENCE);
                await().atMost(PATIENCE).until(() -> place(published) >= 0);
                for (int step = 0; step < 6; step++)
                    published.checkpoint("run", step, step);
                service.caughtUp().block(PATIENCE);
                assertThat(published.broker.keys(published.topics.evaluations())).contains(
                        Keys.evaluation("run", 5, "reconstruction",
                                published.broker.table(published.topics.evaluations()).values()
                                        .iterator().next().getSettingsHash()));
                await().atMost(PATIENCE).until(() -> taken(calls).size() == 5);
            }
        } finally {
            server.stop(0);
        }

        assertThat(calls.subList(0, 2)).extracting(Received::id).as("dropped after two attempts")
                .containsOnly(calls.getFirst().id());
        assertThat(taken(calls)).extracting(Received::id).doesNotContain(calls.getFirst().id()).doesNotHaveDuplicates();
        assertThat(taken(calls)).allSatisfy(call -> {
            final double value = call.json().path("value").asDouble();
            final double best = call.json().path("best").asDouble();
            assertThat(call.json().path("event").asText()).isEqualTo(value < best ? "promotion" : "regression");
        });
    }

    private static long place(Published published) {
        return new retort.kafka.GroupOffset(published.broker, "evaluator.evaluator.webhook", published.topics.evaluations())
                .read()
                .orElse(-1);
    }

    private static List<Received> taken(List<Received> calls) {
        return calls.stream().filter(call -> call.status() < 300).toList();
    }

    private static String url(HttpServer server) {
        return "evaluator.webhook.url=\"http://127.0.0.1:" + server.getAddress().getPort() + "/hook\"";
    }

    /** @param status answer to the n-th call, from 0 */
    private static HttpServer server(List<Received> calls, IntUnaryOperator status) throws IOException {
        final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newSingleThreadExecutor());
        server.createContext("/hook", exchange -> {
            final int answer = status.applyAsInt(calls.size());
            calls.add(new Received(exchange.getRequestHeaders().getFirst("X-Retort-Delivery"),
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-Retort-Signature-256")).orElse(""),
                    exchange.getRequestBody().readAllBytes(), answer));
            exchange.sendResponseHeaders(answer, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static EvaluatorService evaluator(Published published, String... overrides) {
        return EvaluatorService.start(Settings.load(Optional.empty(), Stream.concat(
                Stream.of("kafka.bootstrap.servers=" + broker.bootstrapServers(), "topics.prefix=" + published.topics.prefix(),
                        "evaluator.knn.k=5", "evaluator.knn.more-k=[]", "evaluator.yardstick=true"),
                Stream.of(overrides)).toList()), engine, StatusLine.SILENT);
    }
}
