package retort.ingest.source.webdataset;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import retort.ingest.source.ClassLabels;
import retort.ingest.source.ForwardReader;
import retort.ingest.source.Label;
import retort.ingest.source.PassedOver;
import retort.ingest.source.Sample;

/** The samples of a shard that is read from its beginning. Confined to one thread. */
final class Groups implements ForwardReader.Samples {
    private final GroupReader groups;
    private final Path shard;
    private final ClassLabels classes;
    private final Optional<ShardIndex> index;
    private int number;

    private Groups(GroupReader groups, Path shard, ClassLabels classes, Optional<ShardIndex> index) {
        this.groups = groups;
        this.shard = shard;
        this.classes = classes;
        this.index = index;
    }

    /** @param index present if the shard was counted: it knows labels that do not stand beside their image, too */
    static Groups open(Path shard, Keys keys, ClassLabels classes, Optional<ShardIndex> index, PassedOver passedOver)
            throws IOException {
        return new Groups(GroupReader.open(shard, 0, keys, passedOver), shard, classes, index);
    }

    @Override
    public Optional<Sample> next(long id, boolean wanted) throws IOException {
        final Optional<Group> group = groups.next(wanted, (key, label) -> {
        });
        final int n = number++;
        final Optional<Label> indexed = index.filter(known -> n < known.samples()).map(known -> known.label(n));
        return group.map(found -> found.sample(id, shard.toString(), String.valueOf(shard.getFileName()),
                indexed.orElse(found.label()), classes));
    }

    @Override
    public void close() throws IOException {
        groups.close();
    }
}
