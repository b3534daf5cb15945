package retort.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * Requests to a registry, over HTTP and JSON. An answer is bounded in bytes and in time, because a registry may be hostile or broken. No
 * redirect is followed, because credentials would go along. Immutable; any thread. Calls block.
 */
final class RegistryClient {
    private static final String MEDIA = "application/vnd.schemaregistry.v1+json";
    /** Far more than a schema has. */
    private static final int MOST_ANSWER_BYTES = 1 << 20;
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 2000;
    private static final Set<Integer> BUSY = Set.of(408, 425, 429, 500, 502, 503, 504);
    private static final int MOST_SHOWN = 300;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RegistrySettings settings;

    RegistryClient(RegistrySettings settings) {
        this.settings = settings;
    }

    /**
     * An answer below 500.
     *
     * @param code Confluent's own error code, such as 40401; 0 without one
     */
    record Answer(int status, int code, JsonNode json) {
        boolean isFine() {
            return status == 200;
        }

        /** The registry's own words, cut where they are long. */
        String message() {
            final String text = json.path("message").asText("").replaceAll("\\s+", " ");
            return status + (text.isEmpty() ? "" : ": " + text.substring(0, Math.min(text.length(), MOST_SHOWN)));
        }
    }

    /**
     * Asks until there is an answer that says something, or until the attempts are used up.
     *
     * @param what the subject or the schema id, for messages
     * @throws RegistryException if there is no such answer, or if the credentials are refused
     */
    Answer ask(String method, String path, Optional<JsonNode> body, String what) {
        for (int attempt = 1;; attempt++)
            try {
                return checked(once(method, path, body), what);
            } catch (IOException e) {
                if (e instanceof SSLException)
                    throw failed(what, "the TLS handshake has failed (" + e.getMessage() + "): set schema-registry.ssl", e);
                if (attempt >= settings.attempts())
                    throw failed(what, reason(e) + " (" + attempt + " attempts): start the registry, correct schema-registry.url,"
                            + " or remove it, and events are written in Avro's single-object encoding", e);
                pause(attempt, what);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw failed(what, "the wait for its answer was interrupted", e);
            }
    }

    private HttpResponse<byte[]> once(String method, String path, Optional<JsonNode> body)
            throws IOException, InterruptedException {
        final HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(settings.url() + path)).timeout(settings.timeout())
                .header("Accept", MEDIA + ", application/json")
                .method(method, body.map(json -> HttpRequest.BodyPublishers.ofString(json.toString()))
                        .orElseGet(HttpRequest.BodyPublishers::noBody));
        body.ifPresent(json -> request.header("Content-Type", MEDIA));
        settings.authorization().ifPresent(value -> request.header("Authorization", value));
        final HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER).connectTimeout(settings.timeout());
        settings.tls().ifPresent(builder::sslContext);
        final HttpClient client = builder.build();
        try { // the request's own timeout ends with the head of the answer, this one with its last byte
            return client.sendAsync(request.build(),
                    HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), MOST_ANSWER_BYTES))
                    .get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("there is no whole answer within " + settings.timeout().toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } finally {
            client.shutdownNow();
        }
    }

    private Answer checked(HttpResponse<byte[]> response, String what) throws IOException {
        final int status = response.statusCode();
        if (BUSY.contains(status))
            throw new IOException("it answers " + status);
        if (status == 401 || status == 403)
            throw failed(what,
                    "it refuses " + (settings.authorization().isPresent() ? "the credentials" : "a request without credentials")
                            + " (" + status + "): set schema-registry.basic-auth or schema-registry.token, or grant the right",
                    null);
        try {
            final JsonNode json = JSON.readTree(new String(response.body(), StandardCharsets.UTF_8));
            if (json.isObject() && (status == 200 || json.has("error_code")))
                return new Answer(status, json.path("error_code").asInt(), json);
        } catch (JsonProcessingException e) {
            // said below
        }
        throw failed(what,
                "its answer (" + status + ") is none of a schema registry: give the address of Confluent's REST interface in"
                        + " schema-registry.url, such as http://HOST:8081, or http://HOST:8080/apis/ccompat/v7 for Apicurio",
                null);
    }

    private static String reason(IOException e) {
        final String message = e.getMessage();
        return message == null || message.isBlank() ? "nobody answers there" : message;
    }

    private void pause(int attempt, String what) throws RegistryException {
        try {
            Thread.sleep(Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(attempt - 1, 10)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(what, "the wait for its answer was interrupted", e);
        }
    }

    RegistryException failed(String what, String why, @org.jspecify.annotations.Nullable Throwable cause) {
        final String message = "schema registry " + settings.url() + " cannot be used for " + what + ": " + why;
        return cause == null ? new RegistryException(message) : new RegistryException(message, cause);
    }
}
