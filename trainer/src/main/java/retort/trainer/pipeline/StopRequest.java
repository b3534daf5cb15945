package retort.trainer.pipeline;

import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Asks a run, and those after it, to leave after the step that is under way. Any thread; asking twice is asking once. */
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
