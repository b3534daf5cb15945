package retort.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import com.typesafe.config.ConfigFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import retort.broker.Tls;
import retort.ingest.source.Sources.Seen;
import retort.ingest.source.tar.TarBytes;
import retort.place.PlaceException;
import retort.place.PlaceSettings;
import retort.place.Places;
import retort.settings.Settings;

/** Sources from web servers with TLS, which cut, refuse for a moment, redirect and ask for a token, give what a disk gives. */
final class HttpsPlacesTest {
    private static final SSLSocketFactory STANDARD = HttpsURLConnection.getDefaultSSLSocketFactory();

    @TempDir
    static Path disk;

    private static HttpsServer hub;
    private static HttpsServer store;
    private static final List<String> requests = new CopyOnWriteArrayList<>();
    private static final AtomicInteger number = new AtomicInteger();
    private static volatile boolean faulty;

    @BeforeAll
    static void start(@TempDir Path keys) throws Exception {
        final Tls tls = new Tls(keys);
        final Map<String, String> client = tls.client();
        final TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(keys(client.get("ssl.truststore.location"), client.get("ssl.truststore.password")));
        final SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, trust.getTrustManagers(), null);
        HttpsURLConnection.setDefaultSSLSocketFactory(trusting.getSocketFactory());
        hub = server(tls.listener("hub", "SAN=IP:127.0.0.1", "-1d", "30"), "hub", HttpsPlacesTest::answerOfHub);
        store = server(tls.listener("store", "SAN=DNS:localhost", "-1d", "30"), "store", HttpsPlacesTest::answerOfStore);
        fill();
    }

    private static KeyStore keys(String file, String password) throws GeneralSecurityException, IOException {
        final KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            keys.load(in, password.toCharArray());
        }
        return keys;
    }

    @FunctionalInterface
    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private static HttpsServer server(Map<String, String> listener, String name, Answer answer) throws Exception {
        final String prefix = "listener.name." + name + ".ssl.";
        final String password = listener.get(prefix + "keystore.password");
        final KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys(listener.get(prefix + "keystore.location"), password), password.toCharArray());
        final SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), null, null);
        final HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            requests.add(name + " " + exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("Authorization"));
            answer.to(exchange);
            exchange.close();
        });
        server.start();
        return server;
    }

    @AfterAll
    static void stop() {
        HttpsURLConnection.setDefaultSSLSocketFactory(STANDARD);
        hub.stop(0);
        store.stop(0);
    }

    @BeforeEach
    void forget() {
        requests.clear();
        number.set(0);
        faulty = false;
    }

    /** A hub, which asks for a token, serves small files itself and redirects to its store for large ones. */
    private static void answerOfHub(HttpExchange exchange) throws IOException {
        final String path = exchange.getRequestURI().getPath();
        final String asked = exchange.getRequestHeaders().getFirst("Authorization");
        if (asked == null || !asked.equals("Bearer secret-token") && !asked.equals("Bearer " + System.getenv("HOME"))) {
            exchange.sendResponseHeaders(401, -1);
        } else if (path.startsWith("/down/")) {
            exchange.getResponseHeaders().set("Location", "http://127.0.0.1:1" + path.substring(5));
            exchange.sendResponseHeaders(302, -1);
        } else if (path.startsWith("/large/")) {
            exchange.getResponseHeaders().set("Location",
                    "https://localhost:" + store.getAddress().getPort() + path.substring(6) + "?X-Amz-Signature=s1gned");
            exchange.sendResponseHeaders(302, -1);
        } else {
            file(exchange, path);
        }
    }

    private static void answerOfStore(HttpExchange exchange) throws IOException {
        if (exchange.getRequestHeaders().containsKey("Authorization"))
            exchange.sendResponseHeaders(400, -1); // as a store answers to two kinds of proof
        else
            file(exchange, exchange.getRequestURI().getPath());
    }

    private static void file(HttpExchange exchange, String path) throws IOException {
        final int request = number.getAndIncrement();
        final Path file = disk.resolve(path.substring(1));
        if (faulty && request % 13 == 1) {
            exchange.getResponseHeaders().set("Retry-After", "0");
            exchange.sendResponseHeaders(503, -1);
            return;
        }
        if (!Files.isRegularFile(file)) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        final byte[] body = Files.readAllBytes(file);
        final String[] ends = exchange.getRequestHeaders().getFirst("Range").substring("bytes=".length()).split("-", -1);
        final int from = Integer.parseInt(ends[0]);
        final int to = ends[1].isEmpty() ? body.length : Math.min(body.length, Integer.parseInt(ends[1]) + 1);
        exchange.getResponseHeaders().set("ETag", "\"" + body.length + "\"");
        exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + body.length);
        exchange.sendResponseHeaders(206, to - from);
        final int sent = faulty && request % 7 == 0 ? (to - from) / 2 : to - from; // a download that is cut
        exchange.getResponseBody().write(body, from, sent);
    }

    private static void fill() throws IOException {
        final Random random = new Random(5);
        for (int shard = 0; shard < 3; shard++) {
            final TarBytes tar = new TarBytes();
            for (int i = 0; i < 30; i++)
                tar.file("%d%03d.jpg".formatted(shard, i), bytes(random)).file("%d%03d.cls".formatted(shard, i), "" + i % 3);
            write("wds/plain-%02d.tar".formatted(shard), tar.end());
            write("wds/packed-%02d.tgz".formatted(shard), gzip(tar.end()));
            final TarBytes suffixed = new TarBytes();
            for (int i = 0; i < 20; i++)
                suffixed.file("x%d_%d_n0144000%d.JPEG".formatted(shard, i, i % 4), bytes(random));
            write("hf/train_images_%d.tar.gz".formatted(shard), gzip(suffixed.end()));
        }
        for (final String fixture : List.of("snappy", "pages", "zstd-v2"))
            try (InputStream in = HttpsPlacesTest.class.getResourceAsStream("/parquet/" + fixture + ".parquet")) {
                write("parquet/" + fixture + ".parquet", in.readAllBytes());
            }
    }

    private static void write(String name, byte[] content) throws IOException {
        final Path file = disk.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    private static byte[] bytes(Random random) {
        final byte[] bytes = new byte[random.nextInt(40_000) + 1];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] gzip(byte[] content) throws IOException {
        final ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(content);
        }
        return packed.toByteArray();
    }

    private static String hub() {
        return "https://127.0.0.1:" + hub.getAddress().getPort() + "/";
    }

    private static Places places(String... settings) {
        return new Places(PlaceSettings.from(Settings.over(ConfigFactory.parseString(String.join("\n", settings)).resolve()
                .withFallback(ConfigFactory.parseString("places { timeout = 5s, attempts = 5 }")))), bytes -> Optional.of(() -> {
                }));
    }

    @ParameterizedTest
    @ValueSource(strings = {"webdataset:@wds/plain-{00..02}.tar", "webdataset:@wds/plain-{00..02}.tar?access=forward",
            "webdataset:@wds/packed-{00..02}.tgz", "webdataset:@wds/plain-02.tar::@wds/plain-{00..01}.tar",
            "parquet:@parquet/{snappy,pages,zstd-v2}.parquet", "imagenet-hf:@hf/train_images_{0..2}.tar.gz"})
    void aWebServerGivesWhatADiskGives(String uri, @TempDir Path secrets) throws Exception {
        final List<String> classes;
        final List<Seen> expected;
        try (DataSource source = Sources.open(uri.replace("@", disk + "/"))) {
            classes = source.classNames();
            expected = Sources.walk(source);
        }
        assertThat(expected).isNotEmpty();
        final Path token = Files.writeString(secrets.resolve("token"), "secret-token\n");
        for (final String redirected : List.of("", "large/"))
            try (Places places = places("places.https.tokens.\"127.0.0.1\" = \"file:" + token + "\"");
                    DataSource source = Sources.open(uri.replace("@", hub() + redirected), Sources.reading(places))) {
                faulty = true;
                assertThat(source.classNames()).isEqualTo(classes);
                final List<Seen> seen = Sources.walk(source);
                assertThat(seen).extracting(each -> told(each, hub() + redirected))
                        .isEqualTo(expected.stream().map(each -> told(each, disk + "/")).toList());
                faulty = false;
                Sources.resumesAnywhere(source, seen, 7, 2); // each sample is a request of its own, with a handshake after a cut
            }
        assertThat(requests).anyMatch(line -> line.startsWith("store ")).filteredOn(line -> line.startsWith("store "))
                .allMatch(line -> line.endsWith(" null"));
    }

    /** The sample, with the place of the set left out of its name. */
    private static List<Object> told(Seen seen, String place) {
        return List.of(seen.id(), seen.name().replace(place, "@"), seen.label(), seen.content().replace(place, "@"));
    }

    @Test
    void aTokenComesFromTheEnvironment() throws Exception {
        try (Places places = places("places.https.tokens.\"127.0.0.1\" = ${HOME}");
                DataSource source = Sources.open("webdataset:" + hub() + "wds/plain-00.tar", Sources.reading(places))) {
            assertThat(Sources.walk(source)).hasSize(30);
        }
        assertThat(requests).isNotEmpty().allMatch(line -> line.endsWith("Bearer " + System.getenv("HOME")));
    }

    @Test
    void whatIsNotAllowedHasItsOwnSentence() {
        assertRefused("wds/plain-00.tar", "", PlaceException.class, "the server asks for a token: set places.https.tokens");
        assertRefused("wds/plain-00.tar", "wrong", PlaceException.class, "the server refuses the token");
        assertRefused("wds/none-{0..1}.tar", "secret-token", SourceException.class,
                "there is no file " + hub() + "wds/none-0.tar");
        assertRefused("wds/plain-*.tar", "secret-token", SourceException.class, "lists nothing");
        assertRefused("down/wds/plain-00.tar", "secret-token", PlaceException.class,
                "redirects from https to http://127.0.0.1:1");
    }

    /** At once, because time does not mend a certificate. */
    @Test
    void aCertificateThatIsNotTrustedIsNamed() {
        final SSLSocketFactory trusting = HttpsURLConnection.getDefaultSSLSocketFactory();
        try {
            assertRefused("https://localhost:" + hub.getAddress().getPort() + "/wds/plain-00.tar", "secret-token",
                    PlaceException.class, "the certificate of localhost:" + hub.getAddress().getPort());
            HttpsURLConnection.setDefaultSSLSocketFactory(STANDARD);
            assertRefused("wds/plain-00.tar", "secret-token", PlaceException.class, "javax.net.ssl.trustStore");
        } finally {
            HttpsURLConnection.setDefaultSSLSocketFactory(trusting);
        }
        assertThat(requests).isEmpty();
    }

    private static void assertRefused(String path, String token, Class<? extends Exception> type, String sentence) {
        final String address = path.contains("://") ? path : hub() + path;
        try (Places places = token.isEmpty() ? places() : places("places.https.tokens.\"127.0.0.1\" = " + token)) {
            assertThatThrownBy(() -> Sources.open("webdataset:" + address, Sources.reading(places))).isInstanceOf(type)
                    .hasMessageContaining(sentence).hasMessageNotContaining("secret-token");
        }
    }
}
