package retort.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import retort.bucket.FaultyProxy;
import retort.settings.Settings;

/** Reads of web servers of many habits. */
final class HttpPlaceTest {
    private final byte[] content = new byte[5 << 20];
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private HttpServer other;

    @BeforeEach
    void start() throws IOException {
        new Random(4).nextBytes(content);
        server = server();
        other = server();
        serve(server, "/data", exchange -> send(exchange, content, true, "\"v1\""));
    }

    private static HttpServer server() throws IOException {
        final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        return server;
    }

    @AfterEach
    void stop() {
        server.stop(0);
        other.stop(0);
    }

    @FunctionalInterface
    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private void serve(HttpServer where, String path, Answer answer) {
        where.createContext(path, exchange -> {
            requests.add(exchange.getLocalAddress().getPort() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            answer.to(exchange);
            exchange.close();
        });
    }

    private static void send(HttpExchange exchange, byte[] body, boolean ranges, String tag) throws IOException {
        if (!tag.isEmpty())
            exchange.getResponseHeaders().set("ETag", tag);
        final String range = exchange.getRequestHeaders().getFirst("Range");
        if (!ranges || range == null) {
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            return;
        }
        final String[] ends = range.substring("bytes=".length()).split("-", -1);
        final int from = Integer.parseInt(ends[0]);
        final int to = ends[1].isEmpty() ? body.length : Math.min(body.length, Integer.parseInt(ends[1]) + 1);
        if (from >= body.length) {
            exchange.getResponseHeaders().set("Content-Range", "bytes */" + body.length);
            exchange.sendResponseHeaders(416, -1);
            return;
        }
        exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + body.length);
        exchange.sendResponseHeaders(206, to - from);
        exchange.getResponseBody().write(body, from, to - from);
    }

    private String at(HttpServer where, String path) {
        return "http://127.0.0.1:" + where.getAddress().getPort() + path;
    }

    private static Places places(String... settings) {
        return new Places(PlaceSettings.from(Settings.over(ConfigFactory.parseString(String.join("\n", settings))
                .withFallback(ConfigFactory.parseString("places { timeout = 2s, attempts = 4 }")))), bytes -> Optional.of(() -> {
                }));
    }

    @Test
    void readsWholeAndInParts() throws IOException {
        try (Places places = places()) {
            final Path path = places.path(at(server, "/data/x.tar?download=true"));
            assertThat(Files.readAllBytes(path)).isEqualTo(content);
            try (InputStream in = Places.open(path, 4_000_000, 4_100_000)) {
                assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 4_000_000, 4_100_000));
            }
            try (FileChannel channel = FileChannel.open(path)) {
                final ByteBuffer end = ByteBuffer.allocate(8);
                channel.read(end, channel.size() - 8);
                assertThat(end.array()).isEqualTo(Arrays.copyOfRange(content, content.length - 8, content.length));
            }
        }
    }

    @Test
    void aServerWithoutRangesIsReadInOneGo() throws IOException {
        serve(server, "/plain", exchange -> send(exchange, content, false, ""));
        try (Places places = places()) {
            final Path path = places.path(at(server, "/plain"));
            try (InputStream in = Files.newInputStream(path)) {
                assertThat(in.readAllBytes()).isEqualTo(content);
            }
            assertThat(requests).hasSize(1);
            try (FileChannel channel = FileChannel.open(path)) {
                for (final long from : List.of(4_000_000L, 17L, 2_000_000L)) {
                    final ByteBuffer some = ByteBuffer.allocate(100);
                    channel.read(some, from);
                    assertThat(some.array()).isEqualTo(Arrays.copyOfRange(content, (int) from, (int) from + 100));
                }
            }
            assertThat(requests).hasSizeLessThanOrEqualTo(4);
        }
    }

    @Test
    void aTokenGoesToItsHostAlone() throws IOException {
        serve(server, "/moved", exchange -> {
            exchange.getResponseHeaders().set("Location", at(other, "/there"));
            exchange.sendResponseHeaders(302, -1);
        });
        serve(other, "/there", exchange -> send(exchange, content, true, "\"v1\""));
        serve(other, "/back", exchange -> {
            exchange.getResponseHeaders().set("Location", at(server, "/data"));
            exchange.sendResponseHeaders(307, -1);
        });
        final String here = "127.0.0.1:" + server.getAddress().getPort();
        try (Places places = places("places.https.tokens.\"" + here + "\" = secret-token")) {
            assertThat(Files.readAllBytes(places.path(at(server, "/moved")))).isEqualTo(content);
            assertThat(requests).anyMatch(line -> line.endsWith("/moved Bearer secret-token"))
                    .anyMatch(line -> line.endsWith("/there null")).noneMatch(line -> line.contains("/there Bearer"));
            requests.clear();
            Files.readAllBytes(places.path(at(other, "/back"))); // led back to the token's host by another one
            assertThat(requests).noneMatch(line -> line.contains("Bearer"));
        }
    }

    @Test
    void aTokenComesFromAFileAndIsNeverShown() throws IOException {
        final Path file = Files.createTempFile("token", ".txt");
        Files.writeString(file, "from-a-file\n");
        serve(server, "/closed", exchange -> exchange.sendResponseHeaders(401, -1));
        try (Places places = places("places.https.tokens.\"127.0.0.1\" = \"file:" + file + "\"")) {
            Files.size(places.path(at(server, "/data")));
            assertThat(requests).anyMatch(line -> line.endsWith("Bearer from-a-file"));
            assertThatThrownBy(() -> Files.size(places.path(at(server, "/closed")))).isInstanceOf(PlaceException.class)
                    .hasMessageContaining("refuses the token").hasMessageNotContaining("from-a-file");
        } finally {
            Files.delete(file);
        }
        try (Places places = places()) {
            assertThatThrownBy(() -> Files.size(places.path(at(server, "/closed")))).isInstanceOf(PlaceException.class)
                    .hasMessageContaining("asks for a token");
        }
    }

    @Test
    void theSignatureOfAnAddressIsNeverShown() {
        try (Places places = places()) {
            final Path path = places
                    .path(at(server, "/none?X-Amz-Signature=s3cr3t&X-Amz-Security-Token=t0k3n&part=7&sig=s4s"));
            assertThat(path.toString()).contains("part=7").doesNotContain("s3cr3t", "t0k3n", "s4s");
            assertThatThrownBy(() -> Files.size(path)).isInstanceOf(NoSuchFileException.class)
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cr3t", "t0k3n", "s4s"));
        }
        assertThatThrownBy(() -> places().path("https://user:hidden@host/x")).hasMessageNotContaining("hidden");
    }

    /** A body with a coding is the file as it lies there. */
    @Test
    void aContentCodingIsNotTouched() throws IOException {
        serve(server, "/coded", exchange -> {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            send(exchange, content, true, "\"v1\"");
        });
        try (Places places = places()) {
            assertThat(Files.readAllBytes(places.path(at(server, "/coded")))).isEqualTo(content);
        }
    }

    @Test
    void aBodyShorterThanItsLengthGoesOnOrEndsInASentence() throws IOException {
        try (FaultyProxy proxy = FaultyProxy.before(java.net.URI.create(at(server, ""))); Places places = places()) {
            proxy.meet(number -> number % 3 == 0 ? FaultyProxy.Fault.cutAfter(100_000) : FaultyProxy.Fault.NONE);
            assertThat(Files.readAllBytes(places.path(proxy.endpoint() + "/data"))).isEqualTo(content);
            proxy.meet(
                    number -> new FaultyProxy.Fault("HTTP/1.1 206 OK\r\nContent-Length: 100\r\nContent-Range: bytes 0-99/100\r\n"
                            + "Connection: close\r\n\r\nshort", -1, java.time.Duration.ZERO));
            assertThatThrownBy(() -> Files.newInputStream(places.path(proxy.endpoint() + "/data")).readAllBytes())
                    .isInstanceOf(PlaceException.class).hasMessageContaining("Premature EOF (4 attempts)");
        }
    }

    @ParameterizedTest
    @CsvSource({"503, 1", "429, date", "502, none"})
    void aBusyServerIsAskedAgain(int status, String after) throws IOException {
        final AtomicInteger asked = new AtomicInteger();
        serve(server, "/busy", exchange -> {
            if (asked.getAndIncrement() > 0) {
                send(exchange, content, true, "\"v1\"");
                return;
            }
            if (!after.equals("none"))
                exchange.getResponseHeaders().set("Retry-After", after.equals("1")
                        ? after
                        : DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(1)));
            exchange.sendResponseHeaders(status, -1);
        });
        try (Places places = places()) {
            assertThat(Files.size(places.path(at(server, "/busy")))).isEqualTo(content.length);
        }
    }

    @Test
    void aFileThatIsReplacedWhileItIsReadIsNamed() throws IOException {
        final AtomicInteger asked = new AtomicInteger();
        serve(server, "/turned", exchange -> send(exchange, content, true, "\"v" + (asked.getAndIncrement() > 0) + "\""));
        try (Places places = places(); InputStream in = Files.newInputStream(places.path(at(server, "/turned")))) {
            assertThatThrownBy(in::readAllBytes).isInstanceOf(PlaceException.class).hasMessageContaining("replaced");
        }
    }

    @Test
    void lettersOfAnAddressAreEncodedOnce() throws IOException {
        serve(server, "/k", exchange -> send(exchange, exchange.getRequestURI().getRawPath().getBytes(StandardCharsets.US_ASCII),
                true, "\"v1\""));
        try (Places places = places()) {
            assertThat(Files.readString(places.path(at(server, "/k/a b/caf\u00e9%20+c[1].tar")))).isEqualTo(
                    "/k/a%20b/caf%C3%A9%20+c%5B1%5D.tar");
        }
    }

    @Test
    void anEmptyFileIsEmpty() throws IOException {
        serve(server, "/empty", exchange -> send(exchange, new byte[0], true, "\"v1\""));
        try (Places places = places()) {
            assertThat(Files.size(places.path(at(server, "/empty")))).isZero();
            assertThat(Files.readAllBytes(places.path(at(server, "/empty")))).isEmpty();
        }
    }
}
