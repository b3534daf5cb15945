package retort.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.typesafe.config.Config;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.broker.Tls;
import retort.codec.EventCodec;
import retort.codec.UndecodableException;
import retort.record.Promotion;
import retort.record.Rejected;
import retort.registry.server.StrictRegistry;
import retort.settings.SettingException;
import retort.settings.Settings;
import retort.settings.SettingsPage;

/** Credentials, trust, and answers of registries that are broken or hostile. */
class SchemaRegistryTest {
    private static final String HIDDEN = "hunter2";
    private static final Schema SCHEMA = Rejected.getClassSchema();

    @TempDir
    Path folder;

    @Test
    void credentialsComeFromTheSettingsOrFromKafkasLogin() throws Exception {
        final Optional<String> basic = Optional
                .of("Basic " + Base64.getEncoder().encodeToString(("me:" + HIDDEN).getBytes(StandardCharsets.UTF_8)));
        try (StrictRegistry registry = StrictRegistry.start(Optional.empty(), basic)) {
            assertThat(registry(registry.url(), "basic-auth=me:" + HIDDEN).id("s", SCHEMA)).isPositive();
            assertThat(of(config(registry.url(), "basic-auth=sasl").withFallback(Settings.load(Optional.empty(),
                    List.of("kafka.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username=\"me\""
                            + " password=\"" + HIDDEN + "\";"))))
                    .id("s", SCHEMA)).isPositive();
            assertThatThrownBy(() -> registry(registry.url(), "basic-auth=you:" + HIDDEN).id("s", SCHEMA))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContainingAll(registry.url(), "subject s", "refuses the credentials",
                            "schema-registry.basic-auth")
                    .hasMessageNotContaining(HIDDEN);
            assertThatThrownBy(() -> registry(registry.url()).id("s", SCHEMA))
                    .hasMessageContaining("a request without credentials");
        }
        try (StrictRegistry registry = StrictRegistry.start(Optional.empty(), Optional.of("Bearer " + HIDDEN))) {
            assertThat(registry(registry.url(), "token=" + HIDDEN).id("s", SCHEMA)).isPositive();
        }
    }

    @Test
    void settingsThatCannotBeUsedAreNamedWithoutTheirSecrets() {
        for (final String wrong : List.of("url=ftp://a", "url=http://me:" + HIDDEN + "@host", "url=nonsense",
                "basic-auth=" + HIDDEN,
                "basic-auth=sasl", "ssl.nonsense=1", "ssl.truststore.location=/nonsense", "timeout=0s", "attempts=0"))
            assertThatThrownBy(() -> registry("http://127.0.0.1:1", wrong)).as(wrong).isInstanceOf(SettingException.class)
                    .hasMessageContaining("schema-registry").hasMessageNotContaining(HIDDEN);
        assertThatThrownBy(() -> registry("http://127.0.0.1:1", "token=a", "basic-auth=b:c")).hasMessageContaining("both given");
        final Config secret = Settings
                .overrides(List.of("schema-registry.basic-auth=me:" + HIDDEN, "schema-registry.token=" + HIDDEN,
                        "schema-registry.ssl.truststore.password=" + HIDDEN, "schema-registry.ssl.keystore.key=" + HIDDEN));
        assertThat(SettingsPage.of(secret)).contains("schema-registry").doesNotContain(HIDDEN);
        assertThat(RegistrySettings.from(config("http://127.0.0.1:1", "token=" + HIDDEN))).hasToString(
                "Optional[RegistrySettings[http://127.0.0.1:1, PT0.5S, 3]]");
        assertThat(RegistrySettings.from(Settings.reference())).as("no registry by default").isEmpty();
    }

    @Test
    void anAuthorityOfOnesOwnIsTrustedWhereTheSettingsNameIt() throws Exception {
        final Tls tls = new Tls(folder);
        final String keys = tls.listener("registry", "SAN=IP:127.0.0.1", "-1d", "10")
                .get("listener.name.registry.ssl.keystore.location");
        final KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = new FileInputStream(keys)) {
            store.load(in, "secret".toCharArray());
        }
        final KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, "secret".toCharArray());
        final SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        try (StrictRegistry registry = StrictRegistry.start(Optional.of(context), Optional.empty())) {
            assertThat(registry(registry.url(), "ssl.truststore.location=" + tls.client().get("ssl.truststore.location"),
                    "ssl.truststore.password=secret").id("s", SCHEMA)).isPositive();
            assertThatThrownBy(() -> registry(registry.url()).id("s", SCHEMA)).isInstanceOf(RegistryException.class)
                    .hasMessageContainingAll(registry.url(), "TLS handshake", "schema-registry.ssl");
        }
    }

    @Test
    void aBusyRegistryIsAskedAgainAndAnIdIsAskedForOnce() throws Exception {
        final AtomicInteger asked = new AtomicInteger();
        try (Answering server = new Answering(exchange -> {
            if (asked.incrementAndGet() < 3)
                say(exchange, 503, "");
            else
                say(exchange, 200, "{\"id\":7}");
        })) {
            final SchemaRegistry registry = registry(server.url());
            assertThat(registry.id("s", SCHEMA)).isEqualTo(7);
            assertThat(registry.id("s", SCHEMA)).isEqualTo(7);
            assertThat(asked).hasValue(3);
        }
        assertThatThrownBy(() -> registry("http://127.0.0.1:1").id("s", SCHEMA)).isInstanceOf(RegistryException.class)
                .hasMessageContainingAll("http://127.0.0.1:1", "subject s", "3 attempts", "schema-registry.url", "single-object");
    }

    @Test
    void anAnswerIsBoundedInBytesAndTimeAndMustBeOneOfARegistry() throws Exception {
        final CountDownLatch over = new CountDownLatch(1);
        final byte[] block = new byte[1 << 16];
        refused("body exceeds", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            while (over.getCount() > 0)
                exchange.getResponseBody().write(block);
        }, "");
        refused("no whole answer within 500 ms", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            await(over);
        }, "");
        refused("ccompat", exchange -> say(exchange, 404, "<html>"), "");
        refused("ccompat", exchange -> say(exchange, 302, "{}"), "");
        refused("ccompat", exchange -> say(exchange, 200, "[]"), "");
        for (final String id : List.of("-1", "1.5", "\"1\"", "null", "99999999999"))
            refused("has no schema id", exchange -> say(exchange, 200, "{\"id\":" + id + "}"), "");
        over.countDown();
    }

    private void refused(String why, Handler handler, String setting) throws Exception {
        try (Answering server = new Answering(handler)) {
            final SchemaRegistry registry = setting.isEmpty() ? registry(server.url()) : registry(server.url(), setting);
            assertThatThrownBy(() -> registry.id("s", SCHEMA)).as(why).isInstanceOf(RegistryException.class)
                    .hasMessageContainingAll(server.url(), "subject s", why);
        }
    }

    @Test
    void aSchemaThatCouldHarmAReaderIsNoSchema() throws Exception {
        final List<String> hostile = new ArrayList<>(
                List.of("nonsense", "\"string\"", "[".repeat(5000), "{\"type\":\"record\"}"));
        hostile.add(record("{\"name\":\"next\",\"type\":[\"null\",\"retort.record.Rejected\"]}"));
        hostile.add(record("{\"name\":\"none\",\"type\":{\"type\":\"array\",\"items\":\"null\"}}"));
        hostile.add(
                record("{\"name\":\"deep\",\"type\":" + "{\"type\":\"array\",\"items\":".repeat(100) + "\"int\"" + "}".repeat(100)
                        + "}"));
        final StringBuilder laughs = new StringBuilder("{\"type\":\"record\",\"name\":\"L0\",\"fields\":[]}");
        for (int level = 1; level < 30; level++)
            laughs.replace(0, laughs.length(),
                    "{\"type\":\"record\",\"name\":\"L" + level + "\",\"fields\":[{\"name\":\"a\",\"type\":" + laughs
                            + "},{\"name\":\"b\",\"type\":\"retort.record.L" + (level - 1) + "\"}]}");
        hostile.add(record("{\"name\":\"laughs\",\"type\":" + laughs + "}"));
        hostile.add(SchemaBuilder.record("Rejected").namespace("retort.record").fields().requiredInt("source").endRecord()
                .toString());
        try (StrictRegistry registry = StrictRegistry.start()) {
            final EventCodec<Rejected> codec = EventCodec.of(Rejected.class).in(registry(registry.url()), "s");
            for (final String schema : hostile) {
                final int id = registry.add("hostile", schema);
                assertThatThrownBy(() -> codec.decode(ByteBuffer.allocate(100).put((byte) 0).putInt(id).array())).as(schema)
                        .isInstanceOf(UndecodableException.class);
            }
            final int before = registry.requests().size();
            assertThatThrownBy(() -> codec.decode(ByteBuffer.allocate(100).put((byte) 0).putInt(7).array()))
                    .isInstanceOf(UndecodableException.class).hasMessageContaining("schema id 7");
            assertThatThrownBy(() -> codec.decode(ByteBuffer.allocate(100).put((byte) 0).putInt(7).array()))
                    .isInstanceOf(UndecodableException.class);
            assertThat(registry.requests()).as("an unknown id is asked for once").hasSize(before + 1);
        }
    }

    @Test
    void anotherRecordOfTheRegistryIsNotRead() throws Exception {
        try (StrictRegistry registry = StrictRegistry.start()) {
            final EventCodec<Rejected> codec = EventCodec.of(Rejected.class).in(registry(registry.url()), "s");
            final int id = registry.add("p", Promotion.getClassSchema().toString());
            assertThatThrownBy(() -> codec.decode(ByteBuffer.allocate(100).put((byte) 0).putInt(id).array()))
                    .isInstanceOf(UndecodableException.class).hasMessageContainingAll("retort.record.Promotion", "Rejected");
        }
    }

    /** A schema that Rejected could be read from, with a field more. */
    private static String record(String field) {
        final String whole = SCHEMA.toString();
        return whole.substring(0, whole.length() - 2) + "," + field + "]}";
    }

    private static SchemaRegistry registry(String url, String... settings) {
        return of(config(url, settings));
    }

    private static SchemaRegistry of(Config config) {
        return new SchemaRegistry(RegistrySettings.from(config).orElseThrow());
    }

    private static Config config(String url, String... settings) {
        final List<String> all = new ArrayList<>(
                List.of("schema-registry.url=" + url, "schema-registry.timeout=500ms", "schema-registry.attempts=3"));
        for (final String setting : settings)
            all.add("schema-registry." + setting);
        return Settings.load(Optional.empty(), all);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void say(HttpExchange exchange, int status, String body) throws IOException {
        final byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Location", "http://127.0.0.1:1/");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0)
            exchange.getResponseBody().write(bytes);
    }

    @FunctionalInterface
    private interface Handler {
        void handle(HttpExchange exchange) throws IOException;
    }

    private static final class Answering implements AutoCloseable {
        private final HttpServer server;
        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

        Answering(Handler handler) throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(threads);
            server.createContext("/", exchange -> {
                try (exchange) {
                    handler.handle(exchange);
                }
            });
            server.start();
        }

        String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
            threads.shutdownNow();
        }
    }
}
