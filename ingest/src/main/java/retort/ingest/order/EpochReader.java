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
 * Reads the samples of one epoch of a sharded source, forward through the shards in the epoch's order. It opens at any place. Confined to
 * one thread, which closes it.
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

    /** A sample, or the reason why it could not be read. */
    sealed interface Read {
        long id();

        /** The same result without the bytes of its content. */
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
     * @param shards sizes of the shards, cut off after the last sample of the stream
     * @param order the order of the shards in this epoch
     * @param place place of the first sample to be handed out, in the epoch's forward order
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

    /** Returns the next sample. The caller makes sure that there is one. If a shard cannot be read, each of its samples fails. */
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

    /** Closes the open shard. An error is logged and not thrown, because it no longer concerns a sample. */
    @Override
    public void close() {
        try (ShardedSource.ShardReader _ = reader) {
            reader = null;
        } catch (IOException e) {
            LOG.warn("a shard could not be closed: {}", e.toString());
        }
    }
}
