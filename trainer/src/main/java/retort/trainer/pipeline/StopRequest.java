package retort.trainer.pipeline;

import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A request to stop a trainer after its current step. Any thread; a second request changes nothing. */
public final class StopRequest {
    private final Sinks.Empty<Void> sink = Sinks.empty();
    private volatile boolean made;

    public void make() {
        made = true;
        sink.tryEmitEmpty();
    }

    public boolean made() {
        return made;
    }

    /** Completes when the request is made, on the thread that makes it. */
    public Mono<Void> whenMade() {
        return sink.asMono();
    }
}
