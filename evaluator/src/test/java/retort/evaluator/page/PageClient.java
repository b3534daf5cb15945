package retort.evaluator.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A program that asks a page. */
final class PageClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final InetSocketAddress address;

    /** An event as a browser sees it. */
    record Heard(String id, String type, JsonNode data) {
    }

    PageClient(InetSocketAddress address) {
        this.address = address;
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return send("GET", path, headers);
    }

    HttpResponse<String> send(String method, String path, String... headers) throws IOException, InterruptedException {
        final HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(TIMEOUT).method(method,
                HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0)
            request.headers(headers);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    JsonNode json(String path) {
        try {
            final HttpResponse<String> answer = get(path);
            if (answer.statusCode() != 200)
                throw new AssertionError(path + ": " + answer.statusCode() + " " + answer.body());
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Sends these bytes as they are. @return the status line */
    String raw(String request) throws IOException {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout((int) TIMEOUT.toMillis());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return String.valueOf(
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)).readLine());
        }
    }

    /** The next {@code count} events behind {@code lastId}. Then the connection is cut. */
    List<Heard> events(String lastId, int count) throws IOException, InterruptedException {
        final HttpResponse<java.io.InputStream> answer = http.send(
                HttpRequest.newBuilder(uri("/api/events")).header("Last-Event-ID", lastId).build(),
                HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            return read(lines, count);
        }
    }

    /** Reads events until there are {@code count} or the stream ends. */
    static List<Heard> read(BufferedReader lines, int count) throws IOException {
        final List<Heard> heard = new ArrayList<>();
        String id = "";
        String type = "";
        for (String line = lines.readLine(); line != null
                && heard.size() < count; line = heard.size() == count ? null : lines.readLine()) {
            if (line.startsWith("id: "))
                id = line.substring(4);
            else if (line.startsWith("event: "))
                type = line.substring(7);
            else if (line.startsWith("data: "))
                heard.add(new Heard(id, type, JSON.readTree(line.substring(6))));
        }
        return heard;
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + address.getPort() + path);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
