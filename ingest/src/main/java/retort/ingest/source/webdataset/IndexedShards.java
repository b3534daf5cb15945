package retort.ingest.source.webdataset;

import java.io.IOException;
import java.util.List;
import retort.ingest.source.IndexedSource;
import retort.ingest.source.Parts;
import retort.ingest.source.Sample;

/** Plain shards, any sample by its number. Opens a shard anew for each sample: thousands of shards hold no file open. Any thread. */
final class IndexedShards implements IndexedSource {
    private final List<ShardIndex> shards;
    private final Parts parts;
    private final List<String> classNames;

    IndexedShards(List<ShardIndex> shards, List<String> classNames) {
        this.shards = shards;
        this.parts = new Parts(shards.stream().mapToLong(ShardIndex::samples).toArray());
        this.classNames = classNames;
    }

    @Override
    public long size() {
        return parts.total();
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public int label(long index) {
        final int part = parts.part(index);
        return shards.get(part).labels()[(int) (index - parts.start(part))];
    }

    @Override
    public Sample read(long index) throws IOException {
        final int part = parts.part(index);
        final ShardIndex shard = shards.get(part);
        final long offset = shard.offsets()[(int) (index - parts.start(part))];
        try (GroupReader groups = GroupReader.open(shard.shard(), offset)) {
            return groups.next(true).map(group -> group.sample(index, shard.shard()))
                    .orElseThrow(() -> new IOException(shard.shard() + " has changed since it was opened")).readable();
        }
    }
}
