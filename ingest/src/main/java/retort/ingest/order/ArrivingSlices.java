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
 * Slices of a source without an end, in the order in which its samples arrive. A slice is short if no more samples arrive in time. The
 * whole stream is one epoch. Immutable.
 *
 * @param imagesPerRecord samples of a full slice
 * @param patience time that an unfilled slice waits for more samples
 * @param timing the scheduler that ends an unfilled slice
 */
public record ArrivingSlices(UnboundedSource source, int imagesPerRecord, Duration patience, Scheduler timing) implements Slices {
    /** @param wanted not asked; one process publishes all sequences, because the samples of a sequence depend on their time of arrival */
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
