package retort.ingest.source.webdataset;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import retort.ingest.source.ClassLabels;
import retort.ingest.source.ForwardReader;
import retort.ingest.source.PassedOver;
import retort.ingest.source.Sample;

/** The samples of a shard that is read from its beginning. Confined to one thread. */
record Groups(GroupReader groups, Path shard, ClassLabels classes) implements ForwardReader.Samples {
    static Groups open(Path shard, Keys keys, ClassLabels classes, PassedOver passedOver) throws IOException {
        return new Groups(GroupReader.open(shard, 0, keys, passedOver), shard, classes);
    }

    @Override
    public Optional<Sample> next(long id, boolean wanted) throws IOException {
        return groups.next(wanted, (key, label) -> {
        }).map(group -> group.sample(id, shard.toString(), String.valueOf(shard.getFileName()), group.label(), classes));
    }

    @Override
    public void close() throws IOException {
        groups.close();
    }
}
