package retort.ingest.order;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongPredicate;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import retort.ingest.source.Sample;
import retort.ingest.source.UnboundedSource;

/**
 * Slices of a source without an end, as its samples arrive: a short one when no more came in time. All of it is one epoch. Immutable.
 *
 * @param patience the time that an unfilled slice waits for more samples
 * @param timing the scheduler that ends the wait
 */
public record ArrivingSlices(UnboundedSource source, int imagesPerRecord, Duration patience, Scheduler timing) implements Slices {
    /** @param wanted every sequence: what a sequence holds depends on when it arrived, so one process publishes them all */
    @Override
    public Flux<Slice> from(long sequence, Optional<String> sourcePosition, LongPredicate wanted) {
        return source.read(sourcePosition).bufferTimeout(imagesPerRecord, patience, timing, true)
                .index((index, arrived) -> slice(sequence + index, arrived));
    }

    @Override
    public Optional<Layout> layout() {
        return Optional.empty();
    }

    @Override
    public OptionalLong lastSequence() {
        return OptionalLong.empty();
    }

    private static Slice slice(long sequence, List<UnboundedSource.Arrived> arrived) {
        return new Slice(sequence, 0, arrived.stream().<PendingSample>map(one -> new Here(one.sample())).toList(),
                Optional.of(arrived.getLast().position()));
    }

    private record Here(Sample sample) implements PendingSample {
        @Override
        public long id() {
            return sample.id();
        }

        @Override
        public int label() {
            return sample.label();
        }

        @Override
        public Sample read() {
            return sample;
        }
    }
}
