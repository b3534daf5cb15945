package retort.ingest.source.parquet;

import java.util.List;
import retort.ingest.source.ForwardReader;
import retort.ingest.source.Parts;
import retort.ingest.source.ShardedSource;

/** Row groups as shards. Any thread; each reader opens its file for itself. */
final class ParquetSource implements ShardedSource {
    private final List<ImageRows> rowGroups;
    private final Parts parts;
    private final List<String> classNames;

    ParquetSource(List<ImageRows> rowGroups, List<String> classNames) {
        this.rowGroups = rowGroups;
        this.parts = new Parts(rowGroups.stream().mapToLong(ImageRows::count).toArray());
        this.classNames = classNames;
    }

    @Override
    public int shards() {
        return rowGroups.size();
    }

    @Override
    public long samples(int shard) {
        return parts.size(shard);
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public ShardReader open(int shard, long from) {
        final ImageRows rows = rowGroups.get(shard);
        return new ForwardReader(rows.file().toString(), parts.start(shard), from, () -> RowGroupSamples.open(rows));
    }

    @Override
    public void close() {
    }
}
