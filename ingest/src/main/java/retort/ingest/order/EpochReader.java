package retort.ingest.order;

import java.io.IOException;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.ingest.source.Parts;
import retort.ingest.source.Sample;
import retort.ingest.source.ShardedSource;

/**
 * The samples of an epoch of a sharded source, forward through its shards in the epoch's order. Opens at any place. Confined to one
 * thread.
 */
final class EpochReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EpochReader.class);

    private final ShardedSource source;
    private final Parts shards;
    private final LongUnaryOperator order;
    private int turn;
    /** Samples of the shard at {@code turn} that have been handed out. */
    private long taken;
    private ShardedSource.@Nullable ShardReader reader;

    /** A sample, or why there is none. */
    sealed interface Read {
        long id();

        /** Returns a copy without the content, which is kept elsewhere. */
        Read withoutBytes();
    }

    record Found(Sample sample) implements Read {
        private static final byte[] NONE = {};

        @Override
        public long id() {
            return sample.id();
        }

        @Override
        public Read withoutBytes() {
            return new Found(sample.with(switch (sample.content()) {
                case Sample.Encoded encoded -> new Sample.Encoded(NONE);
                case Sample.Pixels p -> new Sample.Pixels(NONE, 0, p.height(), p.width(), p.channels());
                case Sample.Unreadable unreadable -> unreadable;
            }));
        }
    }

    record Failed(long id, String reason) implements Read {
        @Override
        public Read withoutBytes() {
            return this;
        }
    }

    /**
     * @param shards sizes of the shards as they are used
     * @param order maps a turn to the shard that is read then
     * @param place number of the first sample that {@link #next} returns, in the epoch's forward order
     */
    EpochReader(ShardedSource source, Parts shards, LongUnaryOperator order, long place) {
        this.source = source;
        this.shards = shards;
        this.order = order;
        long left = place;
        while (left >= size()) {
            left -= size();
            turn++;
        }
        taken = left;
    }

    /** The next sample; one is there. A shard that cannot be read fails sample by sample. */
    Read next() {
        while (taken == size()) {
            close();
            turn++;
            taken = 0;
        }
        final int shard = shard();
        final long id = shards.start(shard) + taken;
        try {
            if (reader == null)
                reader = source.open(shard, taken);
            return new Found(reader.next());
        } catch (IOException e) {
            return new Failed(id, String.valueOf(e.getMessage()));
        } finally {
            taken++;
        }
    }

    private int shard() {
        return (int) order.applyAsLong(turn);
    }

    private long size() {
        return shards.size(shard());
    }

    /** Closes the open shard. An error is logged only, because no sample depends on it. */
    @Override
    public void close() {
        try (ShardedSource.ShardReader _ = reader) {
            reader = null;
        } catch (IOException e) {
            LOG.warn("a shard could not be closed: {}", e.toString());
        }
    }
}
