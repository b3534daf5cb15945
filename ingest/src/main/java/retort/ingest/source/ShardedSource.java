package retort.ingest.source;

import java.io.IOException;

/**
 * Shards that only read forward (compressed tars, row groups). The pipeline shuffles the shards of an epoch, and samples within
 * a window, by counter-based draws. Sample ids count through the shards in their canonical order.
 */
public interface ShardedSource extends DataSource {
    int shards();

    /** Samples of a shard, known before it is read. */
    long samples(int shard);

    /** A reader of shard {@code shard} whose first sample is number {@code from} of the shard. */
    ShardReader open(int shard, long from) throws IOException;

    /** One shard, forward; confined to one thread. */
    interface ShardReader extends AutoCloseable {
        /** The next sample. Called no more often than the shard has samples. */
        Sample next() throws IOException;

        @Override
        void close() throws IOException;
    }
}
