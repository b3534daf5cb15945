package retort.registry.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaValidationException;
import org.apache.avro.SchemaValidatorBuilder;

/**
 * A registry in this JVM that answers as Confluent's does: the same paths, status and error codes, and the check of BACKWARD_TRANSITIVE. It
 * refuses what it does not know. Any thread.
 */
public final class StrictRegistry implements RegistryServer {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MEDIA = "application/vnd.schemaregistry.v1+json";
    private static final int FIRST_ID = 1001;

    private final HttpServer server;
    private final boolean tls;
    private final Optional<String> authorization;
    private final List<String> schemas = new ArrayList<>();
    private final Map<String, List<Integer>> subjects = new HashMap<>();
    private final Map<String, String> levels = new HashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    private StrictRegistry(HttpServer server, boolean tls, Optional<String> authorization) {
        this.server = server;
        this.tls = tls;
        this.authorization = authorization;
    }

    public static StrictRegistry start() throws IOException {
        return start(Optional.empty(), Optional.empty());
    }

    /**
     * Starts a registry.
     *
     * @param tls the server's keys; empty for plain HTTP
     * @param authorization the only allowed value of the header Authorization; empty for none
     */
    public static StrictRegistry start(Optional<SSLContext> tls, Optional<String> authorization) throws IOException {
        final InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        final HttpServer server;
        if (tls.isPresent()) {
            final HttpsServer secure = HttpsServer.create(address, 0);
            secure.setHttpsConfigurator(new HttpsConfigurator(tls.get()));
            server = secure;
        } else
            server = HttpServer.create(address, 0);
        final StrictRegistry registry = new StrictRegistry(server, tls.isPresent(), authorization);
        server.createContext("/", registry::handle);
        server.start();
        return registry;
    }

    @Override
    public String url() {
        return (tls ? "https" : "http") + "://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The requests so far, such as {@code GET /schemas/ids/1001}. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** Registers a schema without a check. @return its id */
    public synchronized int add(String subject, String schema) {
        final int index = schemas.indexOf(schema);
        final int id = FIRST_ID + (index >= 0 ? index : schemas.size());
        if (index < 0)
            schemas.add(schema);
        final List<Integer> versions = subjects.computeIfAbsent(subject, name -> new ArrayList<>());
        if (!versions.contains(id))
            versions.add(id);
        return id;
    }

    /** The compatibility of a subject; empty if nobody has set it. */
    public synchronized Optional<String> level(String subject) {
        return Optional.ofNullable(levels.get(subject));
    }

    public synchronized List<String> subjects() {
        return List.copyOf(subjects.keySet());
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI().getRawPath());
            final JsonNode body = JSON.readTree(exchange.getRequestBody());
            final ObjectNode answer = authorization.isPresent()
                    && !authorization.get().equals(exchange.getRequestHeaders().getFirst("Authorization"))
                            ? error(40101, "User cannot access the resource.")
                            : body != null && !body.isMissingNode()
                                    && !MEDIA.equals(exchange.getRequestHeaders().getFirst("Content-Type"))
                                            ? error(415, "HTTP 415 Unsupported Media Type")
                                            : answer(exchange.getRequestMethod(), exchange.getRequestURI().getRawPath(), body);
            final int code = answer.path("error_code").asInt(200);
            final byte[] bytes = JSON.writeValueAsBytes(answer);
            exchange.getResponseHeaders().set("Content-Type", MEDIA);
            exchange.sendResponseHeaders(code >= 10_000 ? code / 100 : code, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private synchronized ObjectNode answer(String method, String path, JsonNode body) {
        final String[] parts = IntStream.range(0, path.split("/", -1).length)
                .mapToObj(i -> URLDecoder.decode(path.split("/", -1)[i], StandardCharsets.UTF_8)).toArray(String[]::new);
        if (method.equals("POST") && parts.length == 3 && parts[1].equals("subjects"))
            return found(parts[2], body.path("schema").asText());
        if (method.equals("POST") && path.matches("/subjects/[^/]+/versions"))
            return made(parts[2], body.path("schema").asText());
        if (method.equals("GET") && path.matches("/schemas/ids/\\d+"))
            return schema(Integer.parseInt(parts[3]));
        if (parts.length == 3 && parts[1].equals("config") && method.equals("GET"))
            return levels.containsKey(parts[2])
                    ? JsonNodeFactory.instance.objectNode().put("compatibilityLevel", levels.get(parts[2]))
                    : error(40408, "Subject '" + parts[2] + "' does not have subject-level compatibility configured");
        if (parts.length == 3 && parts[1].equals("config") && method.equals("PUT")) {
            levels.put(parts[2], body.path("compatibility").asText());
            return JsonNodeFactory.instance.objectNode().put("compatibility", levels.get(parts[2]));
        }
        return error(404, "HTTP 404 Not Found");
    }

    private ObjectNode found(String subject, String schema) {
        final List<Integer> versions = subjects.get(subject);
        if (versions == null)
            return error(40401, "Subject '" + subject + "' not found.");
        final int id = FIRST_ID + schemas.indexOf(schema);
        return versions.contains(id)
                ? JsonNodeFactory.instance.objectNode().put("subject", subject).put("version", 1 + versions.indexOf(id))
                        .put("id", id)
                        .put("schema", schema)
                : error(40403, "Schema not found");
    }

    private ObjectNode made(String subject, String text) {
        try {
            final Schema schema = new Schema.Parser().parse(text);
            if ("BACKWARD_TRANSITIVE".equals(levels.get(subject)))
                new SchemaValidatorBuilder().canReadStrategy().validateAll().validate(schema,
                        subjects.getOrDefault(subject, List.of()).stream()
                                .map(id -> new Schema.Parser().parse(schemas.get(id - FIRST_ID))).toList().reversed());
        } catch (SchemaValidationException e) {
            return error(409, "Schema being registered is incompatible with an earlier schema for subject \"" + subject + "\"");
        } catch (AvroRuntimeException e) {
            return error(42201, "Invalid Avro schema");
        }
        return JsonNodeFactory.instance.objectNode().put("id", add(subject, text));
    }

    private ObjectNode schema(int id) {
        return id >= FIRST_ID && id < FIRST_ID + schemas.size()
                ? JsonNodeFactory.instance.objectNode().put("schema", schemas.get(id - FIRST_ID))
                : error(40403, "Schema " + id + " not found");
    }

    private static ObjectNode error(int code, String message) {
        return JsonNodeFactory.instance.objectNode().put("error_code", code).put("message", message);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
