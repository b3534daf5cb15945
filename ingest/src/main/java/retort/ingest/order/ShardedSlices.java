package retort.ingest.order;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongPredicate;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import retort.ingest.source.Parts;
import retort.ingest.source.ShardedSource;

/**
 * Slices of a source that only reads forward. The shards of an epoch are shuffled and laid end to end. That line of samples is cut into
 * windows, and each window is shuffled. A window holds whole slices, so any sequence is found by opening its window. One window is read
 * ahead while another is used. Immutable. Windows are read on a scheduler that may block.
 */
public final class ShardedSlices implements Slices {
    private final ShardedSource source;
    private final Parts shards;
    private final Layout layout;
    private final long epochs;
    private final Optional<Shuffle> shuffle;
    /** Number of records in a window. */
    private final long windowRecords;
    private final Scheduler reading;

    /** A run of records of one epoch. */
    private record Window(long firstSequence, long records) {
    }

    /**
     * @param layout the layout of an epoch; if it does not begin at the first sample of the source, the stream is not shuffled
     * @param epochs number of epochs until the stream ends; 0 if it never ends
     * @param window number of samples that are shuffled together, rounded up to whole records
     * @param shuffle empty if every epoch keeps the source's own order
     * @param reading the scheduler on which windows are read; it may block
     */
    public ShardedSlices(ShardedSource source, Layout layout, long epochs, int window, Optional<Shuffle> shuffle,
            Scheduler reading) {
        if (layout.first() > 0 && shuffle.isPresent())
            throw new IllegalArgumentException(
                    "shards are shuffled whole, so a shuffled stream begins at sample 0, not " + layout.first());
        this.source = source;
        this.shards = new Parts(taken(source, layout.first() + layout.samplesPerEpoch()));
        this.layout = layout;
        this.epochs = epochs;
        this.shuffle = shuffle;
        this.windowRecords = Math.ceilDiv(window, layout.imagesPerRecord());
        this.reading = reading;
    }

    /** The number of samples of all shards together. */
    public static long size(ShardedSource source) {
        return new Parts(taken(source, Long.MAX_VALUE)).total();
    }

    @Override
    public Flux<Slice> from(long sequence, Optional<String> sourcePosition, LongPredicate wanted) {
        final long end = lastSequence().orElse(Long.MAX_VALUE - 1) + 1;
        return Flux.<List<Slice>, Cursor>generate(() -> new Cursor(sequence), (cursor, sink) -> {
            if (cursor.next >= end)
                sink.complete();
            else
                sink.next(cursor.advance(wanted));
            return cursor;
        }, Cursor::close).subscribeOn(reading).concatMapIterable(slices -> slices, 1);
    }

    @Override
    public Optional<Layout> layout() {
        return Optional.of(layout);
    }

    @Override
    public OptionalLong lastSequence() {
        return epochs == 0 ? OptionalLong.empty() : OptionalLong.of(epochs * layout.recordsPerEpoch() - 1);
    }

    private Window windowOf(long sequence) {
        final long record = sequence % layout.recordsPerEpoch();
        final long first = record / windowRecords * windowRecords;
        return new Window(sequence - record + first, Math.min(windowRecords, layout.recordsPerEpoch() - first));
    }

    /** The number of samples that are used of each shard. Together they are the first {@code samples} samples of the source. */
    private static long[] taken(ShardedSource source, long samples) {
        final long[] sizes = new long[source.shards()];
        long left = samples;
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = Math.min(left, source.samples(i));
            left -= sizes[i];
        }
        return sizes;
    }

    /** The reading position. It keeps the shard open between windows, because each window follows the last one. Confined to one thread. */
    private final class Cursor {
        private long next;
        private Optional<EpochReader> reader = Optional.empty();

        Cursor(long sequence) {
            this.next = sequence;
        }

        List<Slice> advance(LongPredicate wanted) {
            final Window window = windowOf(next);
            final long epoch = layout.epoch(window.firstSequence);
            final long place = layout.place(window.firstSequence);
            if (place == 0)
                close();
            final EpochReader open = reader
                    .orElseGet(() -> new EpochReader(source, shards, shardOrder(epoch), layout.first() + place));
            reader = Optional.of(open);
            final int count = Math.toIntExact(
                    LongStream.range(0, window.records).map(i -> layout.count(window.firstSequence + i)).sum());
            final List<Slice> slices = slices(window, epoch, Spool.of(open, count), wanted);
            next = window.firstSequence + window.records;
            return slices;
        }

        private List<Slice> slices(Window window, long epoch, List<PendingSample> samples, LongPredicate wanted) {
            final LongUnaryOperator order = shuffle
                    .map(s -> s.window(samples.size(), epoch, layout.place(window.firstSequence)))
                    .orElse(LongUnaryOperator.identity());
            final List<Slice> slices = new ArrayList<>();
            int used = 0;
            for (long sequence = window.firstSequence; sequence < window.firstSequence + window.records; sequence++) {
                final int from = used;
                used += layout.count(sequence);
                if (sequence >= next && wanted.test(sequence))
                    slices.add(new Slice(sequence, epoch,
                            LongStream.range(from, used).map(order).mapToObj(i -> samples.get((int) i)).toList(),
                            Optional.empty()));
            }
            return slices;
        }

        void close() {
            reader.ifPresent(EpochReader::close);
            reader = Optional.empty();
        }
    }

    private LongUnaryOperator shardOrder(long epoch) {
        return shuffle.map(s -> s.shards(shards.count(), epoch)).orElse(LongUnaryOperator.identity());
    }
}
