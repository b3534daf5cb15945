package retort.ingest;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import retort.kafka.Share;

/**
 * Does the work of one share of a group after the other. A share's work is asked to end when the next share comes, and the next work begins
 * when it has ended, so that two never publish under the same transactional id. Shares that are replaced before their work begins are
 * passed over. Stateless; any thread.
 */
final class Turns {
    private Turns() {
    }

    /** @param over completes when the next share has come */
    record Turn(Share share, Mono<Void> over) {
    }

    /** A turn, with the signal that ends it. */
    private static final class Begun {
        private final Sinks.Empty<Void> end = Sinks.empty();
        private final Turn turn;

        Begun(Share share) {
            this.turn = new Turn(share, end.asMono());
        }
    }

    /** Completes when {@code shares} does, or when a work has ended by itself. Fails when a work fails. */
    static Mono<Void> each(Flux<Share> shares, Function<Turn, Mono<Void>> work) {
        return Mono.defer(() -> {
            final AtomicReference<@Nullable Begun> present = new AtomicReference<>();
            // The group's own thread must not wait for a work to end.
            return shares.publishOn(Schedulers.boundedElastic()).map(share -> {
                final Begun next = new Begun(share);
                final @Nullable Begun before = present.getAndSet(next);
                if (before != null)
                    before.end.tryEmitEmpty();
                return next;
            }).onBackpressureLatest()
                    .concatMap(begun -> begun == present.get() ? work.apply(begun.turn).thenReturn(begun) : Mono.empty(), 1)
                    .filter(ended -> ended == present.get()).next().then();
        });
    }
}
