package retort.ingest.source.webdataset;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import retort.ingest.source.ClassLabels;
import retort.ingest.source.Findings;
import retort.ingest.source.IndexedSource;
import retort.ingest.source.Parts;
import retort.ingest.source.Sample;
import retort.place.Places;

/** Plain shards, any sample by its number. Opens a shard anew for each sample, so that thousands of shards hold no file open. Any thread. */
final class IndexedShards implements IndexedSource {
    private final List<ShardIndex> shards;
    private final Parts parts;
    private final Keys keys;
    private final ClassLabels classes;
    private final Findings findings;

    IndexedShards(List<ShardIndex> shards, Keys keys, ClassLabels classes, Findings findings) {
        this.shards = shards;
        this.parts = new Parts(shards.stream().mapToLong(ShardIndex::samples).toArray());
        this.keys = keys;
        this.classes = classes;
        this.findings = findings;
    }

    @Override
    public long size() {
        return parts.total();
    }

    @Override
    public List<String> classNames() {
        return classes.names();
    }

    @Override
    public int label(long index) {
        final int part = parts.part(index);
        return classes.index(shards.get(part).label((int) (index - parts.start(part))));
    }

    @Override
    public long fetched(long index) {
        final int part = parts.part(index);
        return Places.isPlace(shards.get(part).shard()) ? shards.get(part).bytesOf((int) (index - parts.start(part))) : 0;
    }

    @Override
    public Sample read(long index) throws IOException {
        final int part = parts.part(index);
        final ShardIndex shard = shards.get(part);
        final int number = (int) (index - parts.start(part));
        final Path path = shard.shard();
        try (GroupReader groups = GroupReader.between(path, shard.offsets()[number], shard.endOf(number), keys)) {
            return groups.next(true, (key, label) -> {
            }).map(group -> group.sample(index, path.toString(), String.valueOf(path.getFileName()), shard.label(number),
                    classes))
                    .orElseThrow(() -> new IOException(path + " has changed since it was opened")).readable();
        }
    }

    @Override
    public Findings findings() {
        return findings;
    }
}
