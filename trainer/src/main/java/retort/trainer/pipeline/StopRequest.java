package retort.trainer.pipeline;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import retort.thread.Worker;

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

    /** Completes when the request is made and {@code time} has passed, both since the request and since the subscription. */
    Mono<Void> madeFor(Duration time) {
        return whenMade().then(Mono.delay(time)).then();
    }

    /**
     * Runs a call that may block for long and changes nothing that must be kept, such as a question to the broker. If the request is made
     * before the call returns, the call is interrupted and given up. Blocks.
     *
     * @param call runs on a thread of its own; its exception is thrown unchanged
     * @return the call's result; empty if it was given up
     */
    public <R> Optional<R> unlessMade(Supplier<R> call) {
        if (made)
            return Optional.empty();
        try (Worker asking = Worker.named("retort-trainer-asks")) {
            final CompletableFuture<R> answer = CompletableFuture.supplyAsync(call, asking);
            CompletableFuture.anyOf(answer, whenMade().toFuture()).join();
            return made && !answer.isDone() ? givenUp(asking) : Optional.of(answer.join());
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException own)
                throw own;
            throw e;
        }
    }

    private static <R> Optional<R> givenUp(Worker asking) {
        asking.close(Duration.ZERO);
        return Optional.empty();
    }
}
