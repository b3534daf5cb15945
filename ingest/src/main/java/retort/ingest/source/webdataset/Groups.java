package retort.ingest.source.webdataset;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import retort.ingest.source.ForwardReader;
import retort.ingest.source.Sample;

/** The samples of a shard that is read from its beginning. Confined to one thread. */
record Groups(GroupReader groups, Path shard) implements ForwardReader.Samples {
    static Groups open(Path shard) throws IOException {
        return new Groups(GroupReader.open(shard, 0), shard);
    }

    @Override
    public Optional<Sample> next(long id, boolean wanted) throws IOException {
        return groups.next(wanted).map(group -> group.sample(id, shard));
    }

    @Override
    public void close() throws IOException {
        groups.close();
    }
}
