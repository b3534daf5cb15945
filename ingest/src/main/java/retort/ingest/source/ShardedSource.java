package retort.ingest.source;

import java.io.IOException;

/**
 * A source of shards that can only be read forward, such as compressed tars and row groups of Parquet. The pipeline shuffles the shards
 * of an epoch, and the samples within a window, by counter-based draws. Sample ids count through the shards in their canonical order.
 */
public interface ShardedSource extends DataSource {
    int shards();

    /** The number of samples of a shard, which is known before the shard is read. */
    long samples(int shard);

    /** Opens a reader of shard {@code shard} whose first sample is number {@code from} of the shard. The caller closes it. */
    ShardReader open(int shard, long from) throws IOException;

    /** Reads one shard forward. Confined to one thread. */
    interface ShardReader extends AutoCloseable {
        /** Returns the next sample. The pipeline calls it no more often than the shard has samples. */
        Sample next() throws IOException;

        @Override
        void close() throws IOException;
    }
}
