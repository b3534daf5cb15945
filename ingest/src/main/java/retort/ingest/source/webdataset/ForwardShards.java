package retort.ingest.source.webdataset;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import retort.ingest.source.ForwardReader;
import retort.ingest.source.Parts;
import retort.ingest.source.Sample;
import retort.ingest.source.ShardedSource;

/** Shards read from their beginning: compressed ones have no other way. A resume reads over what comes before it. Any thread. */
final class ForwardShards implements ShardedSource {
    private final List<Path> shards;
    private final Parts parts;
    private final List<String> classNames;

    ForwardShards(List<Path> shards, Parts parts, List<String> classNames) {
        this.shards = shards;
        this.parts = parts;
        this.classNames = classNames;
    }

    @Override
    public int shards() {
        return shards.size();
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
        final Path file = shards.get(shard);
        return new ForwardReader(file.toString(), parts.start(shard), from, () -> new Groups(GroupReader.open(file, 0), file));
    }

    @Override
    public void close() {
    }

    private record Groups(GroupReader groups, Path shard) implements ForwardReader.Samples {
        @Override
        public Optional<Sample> next(long id, boolean wanted) throws IOException {
            return groups.next(wanted).map(group -> group.sample(id, shard));
        }

        @Override
        public void close() throws IOException {
            groups.close();
        }
    }
}
