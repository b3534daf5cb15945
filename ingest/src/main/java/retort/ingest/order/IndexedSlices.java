package retort.ingest.order;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongPredicate;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import reactor.core.publisher.Flux;
import retort.ingest.source.IndexedSource;
import retort.ingest.source.Sample;

/** Slices of a source that opens at any sample. A sequence is a fixed slice of its epoch's permutation. Immutable. */
public final class IndexedSlices implements Slices {
    private final IndexedSource source;
    private final Layout layout;
    private final long epochs;
    private final Optional<Shuffle> shuffle;

    /**
     * @param layout the layout of an epoch
     * @param epochs number of epochs until the stream ends; 0 if it never ends
     * @param shuffle empty if every epoch keeps the source's own order
     */
    public IndexedSlices(IndexedSource source, Layout layout, long epochs, Optional<Shuffle> shuffle) {
        this.source = source;
        this.layout = layout;
        this.epochs = epochs;
        this.shuffle = shuffle;
    }

    @Override
    public Flux<Slice> from(long sequence, Optional<String> sourcePosition, LongPredicate wanted) {
        final long end = lastSequence().orElse(Long.MAX_VALUE - 1) + 1;
        return Flux.<Long, Long>generate(() -> sequence, (next, sink) -> {
            if (next >= end)
                sink.complete();
            else
                sink.next(next);
            return next + 1;
        }).filter(wanted::test).map(this::slice);
    }

    private Slice slice(long sequence) {
        final long epoch = layout.epoch(sequence);
        final long first = layout.place(sequence);
        final LongUnaryOperator order = shuffle.map(s -> s.samples(layout.samplesPerEpoch(), epoch))
                .orElse(LongUnaryOperator.identity());
        return new Slice(sequence, epoch, LongStream.range(first, first + layout.count(sequence))
                .map(order).map(place -> layout.first() + place)
                .<PendingSample>mapToObj(id -> new Indexed(source, id)).toList(), Optional.empty());
    }

    @Override
    public Optional<Layout> layout() {
        return Optional.of(layout);
    }

    @Override
    public OptionalLong lastSequence() {
        return epochs == 0 ? OptionalLong.empty() : OptionalLong.of(epochs * layout.recordsPerEpoch() - 1);
    }

    private record Indexed(IndexedSource source, long id) implements PendingSample {
        @Override
        public int label() {
            return source.label(id);
        }

        @Override
        public Sample read() throws IOException {
            return source.read(id);
        }
    }
}
