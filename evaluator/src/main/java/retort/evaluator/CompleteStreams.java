package retort.evaluator;

import java.util.Collection;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import retort.console.StatusLine;
import retort.evaluator.images.ScoredStream;
import retort.kafka.Broker;

/** Looks up the streams of the suites and waits until they are complete. Immutable, so any thread may use it. */
final class CompleteStreams {
    private final Broker broker;
    private final EvaluatorSettings settings;
    private final StatusLine line;

    CompleteStreams(Broker broker, EvaluatorSettings settings, StatusLine line) {
        this.broker = broker;
        this.settings = settings;
        this.line = line;
    }

    /**
     * Waits without a limit, for one stream after another.
     *
     * @param roles keys of {@code evaluator.streams}
     * @return the streams by role
     */
    Mono<Map<String, ScoredStream>> await(Collection<String> roles) {
        return Flux.fromIterable(roles)
                .concatMap(role -> awaitNamed(name(role)).map(stream -> Map.entry(role, stream)))
                .collectMap(Map.Entry::getKey, Map.Entry::getValue);
    }

    private Mono<ScoredStream> awaitNamed(String name) {
        return broker.streams().awaitComplete(name)
                .doOnSubscribe(subscribed -> line.update("waits for stream " + name + " to be complete"))
                .map(stream -> ScoredStream.of(broker, stream, settings.readBuffer(), settings.heldPixels()));
    }

    private String name(String role) {
        final String name = settings.streams().get(role);
        if (name == null)
            throw new IllegalArgumentException("no setting evaluator.streams." + role);
        return name;
    }
}
