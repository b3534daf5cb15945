package retort.ingest.source.folder;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import retort.ingest.source.DataSource;
import retort.ingest.source.IndexedSource;
import retort.ingest.source.Sources;
import retort.place.Places;
import retort.settings.Settings;

/** Lists a million objects, page by page, in a process with a heap of 256 MiB. */
class MillionObjectsTest {
    private static final int OBJECTS = 1_000_000;
    private static final int PAGE = 1000;

    @Test
    void aMillionObjectsAreListedInASmallHeap() throws Exception {
        final String folder = "flat"; // more memory than a thousand folders take
        final int classes = Integer.getInteger("classes", 1);
        final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> answer(exchange, folder, classes));
        server.start();
        try {
            final Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError", "-cp",
                    System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                    MillionObjectsTest.class.getName(), "http://127.0.0.1:" + server.getAddress().getPort(),
                    "folder:s3://big/" + folder).redirectErrorStream(true).start();
            final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(said).isZero();
            assertThat(said).contains("1000000 samples of " + classes + " classes, the last of class " + (classes - 1));
        } finally {
            server.stop(0);
        }
    }

    public static void main(String[] arguments) throws Exception {
        try (Places places = Places.from(Settings.over(ConfigFactory
                .parseString("places.s3 { endpoint = \"" + arguments[0] + "\", anonymous = true }")));
                DataSource source = Sources.open(arguments[1], Sources.reading(places))) {
            final IndexedSource images = (IndexedSource) source;
            System.out.println(images.size() + " samples of " + images.classNames().size() + " classes, the last of class "
                    + images.label(images.size() - 1));
        }
    }

    /** A page of ListObjectsV2 as Amazon writes it. */
    private static void answer(HttpExchange exchange, String folder, int classes) throws IOException {
        final Map<String, String> query = new HashMap<>();
        final String asked = exchange.getRequestURI().getRawQuery();
        for (final String pair : asked == null ? new String[0] : asked.split("&"))
            query.put(pair.substring(0, pair.indexOf('=') < 0 ? pair.length() : pair.indexOf('=')),
                    URLDecoder.decode(pair.substring(pair.indexOf('=') + 1), StandardCharsets.UTF_8));
        final String prefix = query.getOrDefault("prefix", "");
        final StringBuilder page = new StringBuilder("<?xml version=\"1.0\"?><ListBucketResult><Name>big</Name>");
        final List<String> parts = List.of(prefix.split("/"));
        if (parts.size() == 2) {
            final int first = Integer.parseInt(query.getOrDefault("continuation-token", "0"));
            final int end = Math.min(first + PAGE, OBJECTS / classes);
            page.append("<IsTruncated>").append(end < OBJECTS / classes).append("</IsTruncated>");
            if (end < OBJECTS / classes)
                page.append("<NextContinuationToken>").append(end).append("</NextContinuationToken>");
            for (int i = first; i < end; i++)
                page.append("<Contents><Key>").append(prefix).append("ILSVRC2012_n01440764_").append(1_000_000 + i)
                        .append(".JPEG</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;")
                        .append("%032x".formatted(i * 31L)).append("&quot;</ETag><Size>110000</Size></Contents>");
        } else {
            page.append("<IsTruncated>false</IsTruncated>");
            for (int i = 0; i < classes; i++)
                page.append("<CommonPrefixes><Prefix>").append(folder).append("/n%04d/".formatted(i))
                        .append("</Prefix></CommonPrefixes>");
        }
        final byte[] body = page.append("</ListBucketResult>").toString().getBytes(StandardCharsets.UTF_8);
        if (query.containsKey("prefix")) {
            exchange.getResponseHeaders().set("Content-Type", "application/xml");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        } else {
            exchange.sendResponseHeaders(404, -1);
        }
        exchange.close();
    }
}
