package retort.ingest;

import java.time.Duration;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import retort.ingest.demand.Demand;
import retort.ingest.order.Slice;
import retort.ingest.order.Slices;
import retort.ingest.pack.Packer;

/**
 * A stream, from its source to the broker, in one Flux. Records are made out of order on the pool and leave in sequence; a slice is
 * begun when a run has demand for it and memory has room for it.
 *
 * @param timing the scheduler that ends an unfilled transaction
 * @param stop when it ends, no slice is begun; those begun are published
 */
record IngestPipeline(Slices slices, Demand demand, Packer packer, BatchPublisher publisher, StreamProgress progress,
        int transactionRecords, Duration linger, Scheduler timing, Publisher<?> stop) {
    /** So many slices may wait for memory or be packed at one time; memory is the closer bound. */
    private static final int SLICES = 64;

    /** Cold. What was committed, transaction by transaction; ends where the stream ends. */
    Flux<Published> from(Place place) {
        return slices.from(place.first(), place.sourcePosition(), place::wants)
                .concatMap(this::demanded, 1)
                .takeUntilOther(stop)
                .flatMapSequential(packer::pack, SLICES, 1)
                .bufferTimeout(transactionRecords, linger, timing, true)
                .concatMap(publisher::publish, 1)
                .doOnNext(progress::published);
    }

    private Mono<Slice> demanded(Slice slice) {
        return demand.limits().doOnNext(progress::limit).filter(limit -> limit.allows(slice.sequence())).next()
                .doOnSubscribe(asked -> progress.waiting(true))
                .doOnTerminate(() -> progress.waiting(false))
                .thenReturn(slice);
    }
}
