package retort.ingest;

import java.time.Duration;
import java.util.Optional;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Scheduler;
import retort.ingest.demand.Demand;
import retort.ingest.demand.StreamLedger;
import retort.ingest.order.Slice;
import retort.ingest.order.Slices;
import retort.ingest.pack.EpochTally;
import retort.ingest.pack.PackedRecord;
import retort.ingest.pack.Packer;
import retort.ingest.source.SourceException;

/**
 * Declares the pipeline of one stream, from its source to the broker, in one Flux. A slice is begun when the runs have demand for it and
 * memory has room for it. The pool makes records out of order, and they leave in order of sequence.
 *
 * @param ledger admits slices and counts the published records
 * @param tally judges epochs; empty for a source without an end
 * @param transactionRecords most records in one transaction
 * @param linger time that an unfilled transaction waits for more records
 * @param timing the scheduler that ends an unfilled transaction
 * @param stop when this Publisher ends, no further slice is begun; slices that were begun are published
 */
record IngestPipeline(Slices slices, Demand demand, StreamLedger ledger, Packer packer, Optional<EpochTally> tally,
        BatchPublisher publisher, StreamProgress progress, int transactionRecords, Duration linger, Scheduler timing,
        Publisher<?> stop) {
    /** The largest number of slices that wait for memory or are packed at one time. The memory budget is reached first. */
    private static final int SLICES = 64;

    /**
     * Returns a cold Flux. It emits one {@link Published} for each committed transaction and completes at the stream's end or after {@code
     * stop}.
     */
    Flux<Published> from(Place place) {
        return slices.from(place.first(), place.sourcePosition(), place::wants)
                .concatMap(this::demanded, 1)
                .takeUntilOther(stop)
                .flatMapSequential(packer::pack, SLICES, 1)
                .handle(this::judged)
                .bufferTimeout(transactionRecords, linger, timing, true)
                .concatMap(records -> publisher.publish(records, ledger), 1)
                .doOnNext(progress::published);
    }

    private Mono<Slice> demanded(Slice slice) {
        return demand.floors().doOnNext(progress::floor)
                .filter(floor -> ledger.admit(floor.sequence(), slice.sequence(), slice.samples().size())).next()
                .doOnSubscribe(asked -> progress.waits(true))
                .doOnTerminate(() -> progress.waits(false))
                .doOnSuccess(admitted -> progress.begun())
                .thenReturn(slice);
    }

    private void judged(PackedRecord record, SynchronousSink<PackedRecord> sink) {
        final Optional<String> fault = tally.flatMap(epochs -> epochs.fault(record));
        if (fault.isPresent()) {
            record.permit().close();
            sink.error(new SourceException(fault.get()));
        } else {
            sink.next(tally.map(epochs -> record.counted(epochs.rejected(record.sequence()))).orElse(record));
        }
    }
}
