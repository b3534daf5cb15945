package retort.evaluator.page;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.netty.handler.codec.http.HttpMethod;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import retort.evaluator.history.History;
import retort.kafka.Broker;
import retort.thread.Worker;

/** Finds the answer to each request. Called on the event loop, which it never blocks. */
final class Routes implements BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {
    private static final Logger LOG = LoggerFactory.getLogger(Routes.class);
    private static final int NOT_FOUND = 404;
    private static final int UNAUTHORIZED = 401;
    private static final String AFTER = "after";

    private final PageSettings settings;
    private final History history;
    private final Worker worker;
    private final Api api;
    private final Guard guard;
    private final Assets assets = new Assets();

    Routes(PageSettings settings, History history, Worker worker, Broker broker) {
        this.settings = settings;
        this.history = history;
        this.worker = worker;
        this.api = new Api(history, worker, settings.checkpoints(), broker);
        this.guard = new Guard(settings);
    }

    @Override
    public Publisher<Void> apply(HttpServerRequest request, HttpServerResponse response) {
        final String uri = request.uri();
        final String whole = uri.contains("?") ? uri.substring(0, uri.indexOf('?')) : uri;
        if (whole.equals(settings.prefix()) && !whole.isEmpty())
            return Answer.error(308, "the page is at " + whole + "/").with("Location", whole + "/").send(request, response);
        final String path = whole.startsWith(settings.prefix() + "/") ? whole.substring(settings.prefix().length()) : "";
        try {
            return answer(path, uri, request, response);
        } catch (Query.BadParameterException e) {
            return Answer.error(400, String.valueOf(e.getMessage())).send(request, response);
        }
    }

    private Publisher<Void> answer(String path, String uri, HttpServerRequest request, HttpServerResponse response) {
        final Optional<Answer> refused = guard.refuse(request, !path.equals("/health"));
        if (refused.isPresent())
            return refused(refused.get(), path, uri).send(request, response);
        if (path.equals("/health"))
            return Answer.json(JsonNodeFactory.instance.objectNode().put("ok", true)).send(request, response);
        if (path.equals("/api/events"))
            return events(Query.of(uri).only(Set.of(AFTER)), request, response);
        if (path.equals(Assets.INDEX) && settings.token().isPresent() && uri.contains("?token="))
            return new Answer(303, "text/plain; charset=utf-8", new byte[0],
                    java.util.Map.of("Location", settings.prefix() + "/"))
                    .send(request, response); // it has the cookie already
        final Optional<Answer> asset = assets.find(path, Optional.ofNullable(request.requestHeaders().get("If-None-Match")));
        if (asset.isPresent())
            return asset.get().send(request, response);
        return api.answer(path, Query.of(uri))
                .switchIfEmpty(Mono.fromCallable(() -> Answer.error(NOT_FOUND, "nothing is here: the page is at "
                        + settings.prefix() + "/, and api/openapi.json describes what a program may ask for")))
                .onErrorResume(Query.BadParameterException.class,
                        e -> Mono.just(Answer.error(400, String.valueOf(e.getMessage()))))
                .onErrorResume(e -> {
                    LOG.warn("the page could not answer {}", path, e);
                    return Mono.just(Answer.error(500, "the answer failed; the log of the process says why"));
                })
                .flatMap(answer -> Mono.from(answer.send(request, response)));
    }

    /** A person who opens the page without a token is asked for it, and one with the right token is let in. */
    private Answer refused(Answer refusal, String path, String uri) {
        if (refusal.status() != UNAUTHORIZED || !path.equals(Assets.INDEX))
            return refusal;
        return Query.of(uri).text("token").flatMap(guard::welcome).orElseGet(assets::signIn);
    }

    private Publisher<Void> events(Query query, HttpServerRequest request, HttpServerResponse response) {
        final Optional<String> last = Optional.ofNullable(request.requestHeaders().get("Last-Event-ID"))
                .or(() -> query.text(AFTER));
        if (request.method().equals(HttpMethod.HEAD))
            return Answer.prepare(response).header("Content-Type", "text/event-stream").send();
        final Connection[] connection = new Connection[1];
        request.withConnection(found -> connection[0] = found);
        final Mono<EventStream> stream = Mono.fromCallable(() -> new EventStream(history.events(), last, connection[0]))
                .subscribeOn(worker.scheduler());
        return Answer.prepare(response).header("Cache-Control", "no-store").header("X-Accel-Buffering", "no").sse()
                .send(stream.flatMapMany(events -> events.text(worker)), any -> true);
    }
}
