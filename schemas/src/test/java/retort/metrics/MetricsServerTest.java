package retort.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import retort.settings.SettingException;
import retort.settings.Settings;
import retort.thread.Worker;

class MetricsServerTest {
    private final MetricsServer server = MetricsServer.start(settings("127.0.0.1:0")).orElseThrow();

    @AfterEach
    void close() {
        server.close();
        Health.left("reader");
        Health.left("run a");
    }

    @Test
    void figuresOfTheGlobalRegistryAndOfTheJvmAreServed() throws Exception {
        Counter.builder("retort.test.things").tag("name", "a\"b").register(Metrics.globalRegistry).increment(3);

        final HttpResponse<String> answer = send("GET", "/metrics");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(answer.body()).contains("retort_test_things_total{name=\"a\\\"b\"} 3.0", "jvm_memory_used_bytes{",
                "process_uptime_seconds ", "process_files_open_files ");
    }

    @Test
    void aProcessIsReadyWhenEveryServiceWorks() throws Exception {
        assertThat(send("GET", "/health/ready").statusCode()).as("no service yet").isEqualTo(503);
        Health.waits("run a", "stream \"train\" to be published");
        Health.works("reader");

        final HttpResponse<String> waiting = send("GET", "/health/ready");
        assertThat(waiting.statusCode()).isEqualTo(503);
        assertThat(waiting.body())
                .isEqualTo("{\"ok\":false,\"waiting\":{\"run a\":\"stream \\\"train\\\" to be published\"}}\n");

        Health.works("run a");
        assertThat(send("GET", "/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void aThreadThatHasWorkAndDoesNotMoveEndsTheLifeOfTheProcess() throws Exception {
        final CountDownLatch stuck = new CountDownLatch(1);
        try (Worker worker = Worker.named("retort-test").watched(); Worker unwatched = Worker.named("retort-other")) {
            assertThat(send("GET", "/health/live").statusCode()).as("without work").isEqualTo(200);
            worker.execute(() -> await().until(() -> stuck.getCount() == 0));
            unwatched.execute(() -> await().until(() -> stuck.getCount() == 0));
            await().until(() -> send("GET", "/health/live").statusCode() == 503);
            assertThat(send("GET", "/health/live").body())
                    .startsWith("{\"ok\":false,\"stuck\":{\"retort-test\":\"has not moved for ");
            stuck.countDown();
            await().until(() -> send("GET", "/health/live").statusCode() == 200);
        }
    }

    @Test
    void anEndlessLoopThatMovesIsAlive() throws Exception {
        final CountDownLatch seen = new CountDownLatch(1);
        try (Worker worker = Worker.named("retort-loop").watched()) {
            worker.execute(() -> {
                while (seen.getCount() > 0)
                    Worker.moved();
            });
            final long end = System.nanoTime() + settingsStuckNanos() * 2;
            while (System.nanoTime() < end)
                assertThat(send("GET", "/health/live").statusCode()).isEqualTo(200);
            seen.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "DELETE", "PUT"})
    void onlyReadsAreAnswered(String method) throws Exception {
        assertThat(send(method, "/metrics").statusCode()).isEqualTo(405);
    }

    @Test
    void otherPathsAreUnknown() throws Exception {
        assertThat(send("GET", "/metrics/../../etc/passwd").statusCode()).isEqualTo(404);
        assertThat(send("GET", "/health").statusCode()).isEqualTo(404);
    }

    @Test
    void nothingIsServedUnlessAskedFor() {
        assertThat(MetricsServer.start(Settings.reference().resolve())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", ":9464"})
    void anAddressWithoutHostOrPortIsRefused(String address) {
        assertThatThrownBy(() -> MetricsServer.start(settings(address))).isInstanceOf(SettingException.class)
                .hasMessageContaining("metrics.address").hasMessageContaining(address).hasMessageContaining("HOST:PORT");
    }

    @Test
    void anAddressThatIsTakenIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            final String address = "127.0.0.1:" + taken.getLocalPort();
            assertThatThrownBy(() -> MetricsServer.start(settings(address))).isInstanceOf(SettingException.class)
                    .hasMessageContaining(address).hasMessageContaining("port 0");
        }
    }

    private static long settingsStuckNanos() {
        return MetricsSettings.from(settings("127.0.0.1:0")).stuckAfter().toNanos();
    }

    private static Config settings(String address) {
        return ConfigFactory.parseString("metrics { enabled = true, stuck-after = 1s, address = \"" + address + "\" }")
                .withFallback(Settings.reference()).resolve();
    }

    private HttpResponse<String> send(String method, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.address().getPort() + path))
                            .method(method, HttpRequest.BodyPublishers.noBody()).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
