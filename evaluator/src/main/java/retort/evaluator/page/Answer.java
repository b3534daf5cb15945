package retort.evaluator.page;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * A whole answer to a request.
 *
 * @param headers besides those that every answer has
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares answers, and the bytes of a file are not copied for each
record Answer(int status, String type, byte[] body, Map<String, String> headers) {
    static final String JSON = "application/json; charset=utf-8";
    private static final String NO_STORE = "no-store";

    /**
     * These headers bound what a browser may do with an answer. Scripts, styles and data come from this server alone, nothing is inline, and no other page may
     * embed or read it.
     */
    private static final Map<String, String> ALWAYS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                    + "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
            "X-Content-Type-Options", "nosniff",
            "Referrer-Policy", "no-referrer",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin",
            "X-Frame-Options", "DENY");

    static Answer json(ObjectNode json) {
        return new Answer(200, JSON, (json + "\n").getBytes(StandardCharsets.UTF_8), Map.of("Cache-Control", NO_STORE));
    }

    /** A refusal, with one sentence. */
    static Answer error(int status, String sentence) {
        final ObjectNode json = JsonNodeFactory.instance.objectNode().put("error", sentence);
        return new Answer(status, JSON, (json + "\n").getBytes(StandardCharsets.UTF_8), Map.of("Cache-Control", NO_STORE));
    }

    Answer with(String header, String value) {
        final Map<String, String> more = new java.util.TreeMap<>(headers);
        more.put(header, value);
        return new Answer(status, type, body, more);
    }

    Publisher<Void> send(HttpServerRequest request, HttpServerResponse response) {
        prepare(response);
        response.status(status).header("Content-Type", type);
        headers.forEach(response::header);
        if (request.method().equals(HttpMethod.HEAD))
            return response.header("Content-Length", Integer.toString(body.length)).send();
        return response.sendByteArray(Mono.just(body));
    }

    /** Sets the headers of every answer. */
    static HttpServerResponse prepare(HttpServerResponse response) {
        ALWAYS.forEach(response::header);
        return response;
    }
}
