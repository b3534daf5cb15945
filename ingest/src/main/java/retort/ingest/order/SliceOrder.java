package retort.ingest.order;

import java.time.Duration;
import java.util.Optional;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import retort.ingest.budget.ByteBudget;
import retort.ingest.settings.IngestSettings;
import retort.ingest.settings.StreamSettings;
import retort.ingest.source.DataSource;
import retort.ingest.source.IndexedSource;
import retort.ingest.source.ShardedSource;
import retort.ingest.source.SourceException;
import retort.ingest.source.UnboundedSource;

/** Chooses the slices of a stream by the kind of its source. Stateless; any thread. */
public final class SliceOrder {
    private SliceOrder() {
    }

    /**
     * @param reading the scheduler on which a source that only reads forward is read; it may block
     * @param ahead permits for samples that are read before their turn; empty for none
     * @throws SourceException if the source is empty, or the stream cannot be made of it
     */
    public static Slices of(DataSource source, StreamSettings stream, IngestSettings settings, Scheduler reading,
            Optional<ByteBudget> ahead) throws SourceException {
        final Optional<Shuffle> shuffle = stream.shuffled() ? Optional.of(new Shuffle(settings.seed())) : Optional.empty();
        return switch (source) {
            case IndexedSource indexed -> {
                final Slices slices = new IndexedSlices(indexed, layout(source, indexed.size(), stream, settings),
                        stream.epochs(),
                        shuffle);
                yield ahead.<Slices>map(budget -> new AheadSlices(slices, indexed, budget)).orElse(slices);
            }
            case ShardedSource sharded ->
                new ShardedSlices(sharded, layout(source, ShardedSlices.size(sharded), stream, settings),
                        stream.epochs(), settings.shuffleWindow(), shuffle, reading);
            case UnboundedSource unbounded -> arriving(unbounded, stream, settings);
            default -> throw new IllegalArgumentException(
                    source.getClass() + " is none of IndexedSource, ShardedSource and UnboundedSource");
        };
    }

    /**
     * Time that an unfilled transaction waits for more records. Images that arrive wait twice, for a full record and for a full
     * transaction, so each of the two waits is half as long.
     */
    public static Duration linger(DataSource source, IngestSettings settings) {
        return source instanceof UnboundedSource ? settings.linger().dividedBy(2) : settings.linger();
    }

    private static Layout layout(DataSource source, long size, StreamSettings stream, IngestSettings settings)
            throws SourceException {
        if (size == 0)
            throw new SourceException("source " + stream.shown() + " holds no image: give one that does"
                    + source.findings().passedOver().clause());
        final long left = size - stream.from();
        if (left <= 0)
            throw new SourceException("source " + stream.shown() + " holds " + size + " images, and ingest.val.from = "
                    + stream.from() + " passes over all of them: give less");
        return new Layout(stream.from(), stream.samples() == 0 ? left : Math.min(left, stream.samples()),
                settings.imagesPerRecord());
    }

    private static Slices arriving(UnboundedSource source, StreamSettings stream, IngestSettings settings)
            throws SourceException {
        if (!stream.shuffled())
            throw new SourceException("source " + stream.shown() + " of stream " + stream.name()
                    + " has no end, val and probe need one that has: leave this stream out of ingest.streams");
        if (settings.partitionsOwned().size() < settings.partitions())
            throw new SourceException("source " + stream.shown() + " has no end, so one process publishes all of its stream: "
                    + "leave ingest.partitions-owned empty");
        return new ArrivingSlices(source, settings.imagesPerRecord(), linger(source, settings), Schedulers.parallel());
    }
}
