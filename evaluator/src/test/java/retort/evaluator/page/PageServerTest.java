package retort.evaluator.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import retort.settings.SettingException;

class PageServerTest {
    private static final String TOKEN = "a-token-of-24-characters";

    @TempDir
    private Path checkpoints;
    private TopicRecords records;
    private PageServer server;
    private PageClient client;

    @BeforeEach
    void begin() {
        records = new TopicRecords(checkpoints);
        serve("");
    }

    private void serve(String settings) {
        if (server != null)
            server.close();
        server = PageServer.start(records.settings(settings)).orElseThrow();
        client = new PageClient(server.address());
    }

    @AfterEach
    void end() {
        client.close();
        server.close();
        records.close();
    }

    @Test
    void everyAnswerIsAsTheOpenApiFileSays() throws Exception {
        final OpenApi api = new OpenApi(client.json("/api/openapi.json"));
        api.holds(client.json("/api/runs"), "Runs");
        api.holds(client.json("/api/status"), "StatusAnswer");
        final String before = client.json("/api/runs").get("at").asText();
        records.progress("student", 1, 20);
        records.checkpoint("student", 0);
        records.checkpoint("student", 20);
        records.evaluation("student", 20, "knn", 0.7);
        records.evaluation("raw-pixels", 0, "knn", 0.8);
        records.picture("student", 20, new byte[]{1, 2, 3});
        records.others();
        await().untilAsserted(() -> {
            assertThat(client.json("/api/runs").at("/runs/0/progress/step").asLong()).isEqualTo(20);
            assertThat(client.json("/api/runs").at("/runs/0/checkpoints")).hasSize(2);
            assertThat(client.json("/api/runs").at("/runs/0/promotions")).hasSize(1);
            assertThat(client.json("/api/evaluations").get("evaluations")).hasSize(2);
            assertThat(client.json("/api/pictures").get("pictures")).hasSize(1);
            assertThat(client.json("/api/status").get("streams")).hasSize(1);
            assertThat(client.json("/api/status").at("/rejected/total").asInt()).isEqualTo(3);
        });

        api.holds(client.json("/api/runs"), "Runs");
        api.holds(client.json("/api/progress?run=student"), "ProgressAnswer");
        api.holds(client.json("/api/evaluations"), "Evaluations");
        api.holds(client.json("/api/pictures"), "Pictures");
        api.holds(client.json("/api/settings?run=student"), "Settings");
        api.holds(client.json("/api/suites"), "Suites");
        api.holds(client.json("/health"), "Health");
        final JsonNode status = client.json("/api/status");
        api.holds(status, "StatusAnswer");
        assertThat(status.at("/evaluator/next/0/step").asLong()).as("the checkpoint that no suite has scored").isZero();
        assertThat(status.at("/rejected/reasons")).as("numbers do not tell reasons apart").hasSize(1);
        assertThat(status.at("/rejected/reasons/0/reason").asText()).isEqualTo("no image: byte # is wrong");
        assertThat(client.json("/api/runs").toString()).as("the teacher's password").doesNotContain("secret");
        final List<PageClient.Heard> heard = client.events(before, 27);
        assertThat(heard).extracting(PageClient.Heard::type).contains("progress", "checkpoint", "evaluation", "picture",
                "promotion",
                "status");
        heard.forEach(event -> api.holds(event.data(), event.type().substring(0, 1).toUpperCase(java.util.Locale.ROOT)
                + event.type().substring(1)));
        for (final String bad : List.of("/api/progress", "/api/progress?run=nobody", "/nothing"))
            api.holds(new com.fasterxml.jackson.databind.ObjectMapper().readTree(client.get(bad).body()), "Error");
        api.document().get("paths").properties()
                .forEach(path -> assertThat(status(path.getKey())).as(path.getKey()).isNotEqualTo(404));
    }

    @Test
    void aCheckpointThatASuitePassesOverHasNoResultAndDoesNotWait() throws Exception {
        records.checkpoint("student", 0);
        records.checkpoint("student", 20);
        records.passedOver("student", 0, "linear");
        records.passedOver("student", 20, "linear");
        records.evaluation("student", 20, "linear", 0.7); // under settings that pass nothing over
        await().until(() -> client.json("/api/evaluations").get("evaluations").size() == 1);

        assertThat(client.json("/api/evaluations").at("/evaluations/0/step").asInt()).isEqualTo(20);
        await().untilAsserted(() -> {
            assertThat(client.json("/api/status").at("/evaluator/checkpoints").asInt()).isEqualTo(2);
            assertThat(client.json("/api/status").at("/evaluator/waiting").asInt()).isZero();
        });
    }

    @Test
    void aPictureIsServedAlsoWhenItIsHeldNoMore() throws Exception {
        final byte[] large = new byte[700_000];
        for (int step = 0; step < 30; step++) {
            large[0] = (byte) step;
            records.picture("student", step, large);
        }
        await().until(() -> client.json("/api/pictures?run=student").get("pictures").size() == 30);

        for (final int step : List.of(0, 29)) {
            final HttpResponse<String> answer = client.get("/api/picture?run=student&suite=reconstruction&step=" + step);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("image/png");
            assertThat(answer.headers().firstValue("Content-Length")).hasValue("700000");
            assertThat(answer.body()).startsWith(Character.toString(step));
        }
        assertThat(client.get("/api/picture?run=student&suite=reconstruction&step=30").statusCode()).isEqualTo(404);
        assertThat(client.get("/api/picture?run=student&step=1").statusCode()).isEqualTo(400);
        assertThat(parts("/api/pictures?limit=13", "after", "pictures", "step")).hasSize(30).doesNotHaveDuplicates();
    }

    private int status(String path) {
        try {
            return client.send("HEAD", path).statusCode();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void partsOfAListJoinToTheWhole() {
        records.progress("student", 1, 250);
        for (int step = 0; step < 25; step++)
            records.evaluation("student", step, step % 2 == 0 ? "knn" : "linear", 0.5);
        records.progress("a", 1, 1);
        records.progress("b", 1, 1);
        await().untilAsserted(() -> {
            assertThat(client.json("/api/runs").get("runs")).hasSize(3);
            assertThat(client.json("/api/evaluations").get("evaluations")).hasSize(25);
        });

        assertThat(parts("/api/progress?run=student&limit=40", "since", "points", "step"))
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 250).mapToObj(Long::toString).toList());
        assertThat(parts("/api/evaluations?limit=7", "after", "evaluations", "step")).hasSize(25).doesNotHaveDuplicates();
        assertThat(parts("/api/evaluations?suite=knn&since=10&limit=3", "after", "evaluations", "step"))
                .containsExactly("10", "12", "14", "16", "18", "20", "22", "24");
        assertThat(parts("/api/runs?limit=2", "after", "runs", "run")).containsExactly("a", "b", "student");
    }

    private List<String> parts(String path, String go, String list, String field) {
        final List<String> all = new ArrayList<>();
        for (String next = ""; next != null;) {
            final JsonNode part = client.json(path + next);
            part.get(list).forEach(each -> all.add(each.get(field).asText()));
            next = part.get("next").isNull() ? null : "&" + go + "=" + part.get("next").asText();
        }
        return all;
    }

    @Test
    void aSubscriberThatIsCutOffAgainAndAgainMissesNothingAndHearsNothingTwice() throws Exception {
        final int last = 400;
        String id = client.json("/api/runs").get("at").asText();
        final Thread publisher = Thread.ofVirtual().start(() -> {
            for (int step = 1; step <= last; step += 20)
                records.progress("student", step, step + 19);
        });
        final Random random = new Random(3);
        final List<Long> steps = new ArrayList<>();
        while (steps.size() < last)
            for (final PageClient.Heard event : client.events(id, 1 + random.nextInt(Math.min(40, last - steps.size())))) {
                id = event.id();
                steps.add(event.data().get("step").asLong());
            }
        publisher.join();

        assertThat(steps).containsExactlyElementsOf(LongStream.rangeClosed(1, last).boxed().toList());
    }

    @Test
    void aSubscriberOfAnEarlierProcessBeginsAnew() throws Exception {
        records.progress("student", 1, 3);
        await().until(() -> client.json("/api/runs").get("runs").size() == 1);
        final String id = client.json("/api/runs").get("at").asText();
        serve("");

        assertThat(client.events(id, 1)).extracting(PageClient.Heard::type).containsExactly("reset");
    }

    @Test
    void aClientThatReadsNothingIsCutOffAndBeginsAnew() throws Exception {
        try (Socket slow = new Socket()) {
            slow.setReceiveBufferSize(4096);
            slow.setSoTimeout(30_000);
            slow.connect(server.address());
            slow.getOutputStream().write(("GET /api/events?after=" + client.json("/api/runs").get("at").asText()
                    + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            final int last = 30_000;
            records.progress("student", 1, last);
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> client.json("/api/runs").at("/runs/0/progress/step").asInt() == last);

            final List<PageClient.Heard> heard = PageClient.read(
                    new BufferedReader(new InputStreamReader(slow.getInputStream(), StandardCharsets.UTF_8)), last + 1);
            assertThat(heard).as("cut off before the end").hasSizeLessThan(last);
            assertThat(client.json("/api/progress?run=student").get("points").size()).as("points of the run")
                    .isLessThanOrEqualTo(1000);
            if (!heard.isEmpty())
                assertThat(client.events(heard.getLast().id(), 1)).extracting(PageClient.Heard::type).containsExactly("reset");
        }
    }

    @Test
    void aTokenIsAskedForAndChangedForACookie() throws Exception {
        serve("page.token = " + TOKEN);
        assertThat(client.get("/api/runs").statusCode()).isEqualTo(401);
        assertThat(client.get("/api/events").statusCode()).isEqualTo(401);
        assertThat(client.get("/api/runs", "Authorization", "Bearer " + TOKEN + "x").statusCode()).isEqualTo(401);
        assertThat(client.get("/api/runs", "Cookie", "retort-page=" + TOKEN).statusCode()).as("the cookie is not the token")
                .isEqualTo(401);
        assertThat(client.get("/api/runs?token=" + TOKEN).statusCode()).as("only the page takes it from an address")
                .isEqualTo(401);
        assertThat(client.get("/?token=wrong-wrong-wrong-wrong").statusCode()).isEqualTo(401);
        assertThat(client.get("/health").statusCode()).isEqualTo(200);
        final HttpResponse<String> asked = client.get("/");
        assertThat(asked.statusCode()).isEqualTo(401);
        assertThat(asked.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");

        assertThat(client.get("/api/runs", "Authorization", "Bearer " + TOKEN).statusCode()).isEqualTo(200);
        final HttpResponse<String> welcome = client.get("/?token=" + TOKEN);
        assertThat(welcome.statusCode()).isEqualTo(303);
        assertThat(welcome.headers().firstValue("Location")).hasValue("/");
        final String cookie = welcome.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).contains("HttpOnly", "SameSite=Lax", "Path=/").doesNotContain(TOKEN);
        final String pair = cookie.substring(0, cookie.indexOf(';'));
        assertThat(client.get("/", "Cookie", pair).statusCode()).isEqualTo(200);
        assertThat(client.get("/?token=" + TOKEN, "Cookie", pair).statusCode()).isEqualTo(303);
        try (Socket subscriber = new Socket(server.address().getAddress(), server.address().getPort())) {
            subscriber.setSoTimeout(30_000);
            subscriber.getOutputStream().write(("GET /api/events?after=x HTTP/1.1\r\nHost: any.example\r\nCookie: " + pair
                    + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            assertThat(PageClient
                    .read(new BufferedReader(new InputStreamReader(subscriber.getInputStream(), StandardCharsets.UTF_8)), 1))
                    .extracting(PageClient.Heard::type).containsExactly("reset");
        }
    }

    @Test
    void aTokenMayStandInAFile() throws Exception {
        final Path file = Files.writeString(checkpoints.resolve("token"), TOKEN + "\n");
        serve("page.token = \"file:" + file + "\"");

        assertThat(client.get("/api/runs", "Authorization", "Bearer " + TOKEN).statusCode()).isEqualTo(200);
        assertThat(client.get("/api/runs").statusCode()).isEqualTo(401);
    }

    @Test
    void everyPathIsBehindThePrefix() throws Exception {
        serve("page.prefix = /ml/retort");

        assertThat(client.get("/ml/retort/api/runs").statusCode()).isEqualTo(200);
        assertThat(client.get("/ml/retort/").statusCode()).isEqualTo(200);
        assertThat(client.get("/ml/retort").headers().firstValue("Location")).hasValue("/ml/retort/");
        assertThat(client.get("/api/runs").statusCode()).isEqualTo(404);
        assertThat(client.get("/ml/retortapi/runs").statusCode()).isEqualTo(404);
        assertThat(server.url()).endsWith("/ml/retort/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2fopenapi.json", "//etc/passwd",
            "/index.html/../sign-in.html", "/files.txt", "/retort/evaluator/page/openapi.json", "/%00", "/api/runs/", "/api",
            "http://127.0.0.1/../x", "/uplot.js%2f..", "/api\\runs"})
    void aPathThatIsNotListedNamesNoFile(String path) throws Exception {
        assertThat(client.raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 404");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/runs?limit=0", "/api/runs?limit=101", "/api/runs?limit=x", "/api/runs?limit=-1",
            "/api/runs?other=1", "/api/runs?limit=1&limit=2", "/api/progress?run=a&since=99999999999999999999", "/api/progress",
            "/api/evaluations?after=abc", "/api/settings", "/api/events?x=1", "/api/status?x=1"})
    void aWrongParameterIsNamed(String path) throws Exception {
        final HttpResponse<String> answer = client.get(path);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).startsWith("{\"error\":\"").contains("parameter ");
    }

    @Test
    void aForeignNameIsRefused() throws Exception {
        for (final String host : List.of("evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.evil.example",
                "", "[::2]"))
            assertThat(client.raw("GET /api/runs HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")).as(host)
                    .startsWith("HTTP/1.1 421");
        for (final String host : List.of("localhost", "LOCALHOST:1234", "127.0.0.1:9474", "[::1]:80"))
            assertThat(client.raw("GET /api/runs HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")).as(host)
                    .startsWith("HTTP/1.1 200");
        serve("page.hosts = [Retort.Example]");
        assertThat(client.raw("GET /api/runs HTTP/1.1\r\nHost: retort.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void onlyReadsAreAnsweredAndNoOtherPageMayUseThem() throws Exception {
        for (final String method : List.of("POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"))
            assertThat(client.send(method, "/api/runs").statusCode()).as(method).isEqualTo(405);
        final HttpResponse<String> answer = client.get("/", "Origin", "http://evil.example");
        assertThat(answer.headers().map()).doesNotContainKey("access-control-allow-origin");
        assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow()).contains("default-src 'none'")
                .doesNotContain("unsafe");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        final String tag = answer.headers().firstValue("ETag").orElseThrow();
        assertThat(client.get("/", "If-None-Match", tag).statusCode()).isEqualTo(304);
        assertThat(client.raw("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n")).startsWith("HTTP/1.1 414");
        assertThat(client.raw("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"))
                .matches("HTTP/1.1 4(13|31).*");
    }

    @Test
    void beyondLoopbackATokenIsNeeded() {
        assertThatThrownBy(() -> PageServer.start(records.settings("page.address = \"0.0.0.0:0\"")))
                .isInstanceOf(SettingException.class).hasMessageContaining("0.0.0.0:0").hasMessageContaining("page.token");
        assertThatThrownBy(() -> PageServer.start(records.settings("page.token = short"))).isInstanceOf(SettingException.class)
                .hasMessageContaining("16 to 256").hasMessageNotContaining("short");
        assertThatThrownBy(() -> PageServer.start(records.settings("page.prefix = \"/a/\""))).isInstanceOf(SettingException.class)
                .hasMessageContaining("page.prefix");
        assertThatThrownBy(() -> PageServer.start(records.settings("page.prefix = \"/..\"")))
                .isInstanceOf(SettingException.class);
        assertThatThrownBy(
                () -> PageServer.start(records.settings("page.address = \"127.0.0.1:" + server.address().getPort() + "\"")))
                .isInstanceOf(SettingException.class).hasMessageContaining("no other process listens");
        PageServer.start(records.settings("page.address = \"0.0.0.0:0\", page.open = true")).orElseThrow().close();
        assertThat(PageServer.start(records.settings("page.enabled = false"))).isEmpty();
    }
}
