package retort.ingest.source.webdataset;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import retort.ingest.source.ClassNames;
import retort.ingest.source.SourceException;

/**
 * Where the samples of one shard begin and what their labels are: 12 bytes a sample.
 *
 * @param offsets of each sample's first member, in the shard
 * @param labels class index of each, -1 without
 */
@SuppressWarnings("ArrayRecordComponent") // an index, never compared
record ShardIndex(Path shard, long[] offsets, int[] labels) {
    /** Reads the headers of all, several shards at a time. @throws SourceException when one is cut or damaged */
    static List<ShardIndex> ofAll(Collection<Path> shards) throws SourceException {
        try {
            return shards.parallelStream().map(ShardIndex::of).toList();
        } catch (UncheckedIOException e) {
            throw new SourceException(e.getMessage() + ": fetch the shard again, or leave it out of the pattern", e);
        }
    }

    private static ShardIndex of(Path shard) {
        long[] offsets = new long[1024];
        int[] labels = new int[1024];
        int n = 0;
        try (GroupReader groups = GroupReader.open(shard, 0)) {
            for (Optional<Group> group = groups.next(false); group.isPresent(); group = groups.next(false)) {
                if (n == offsets.length) {
                    offsets = Arrays.copyOf(offsets, 2 * n);
                    labels = Arrays.copyOf(labels, 2 * n);
                }
                offsets[n] = group.get().offset();
                labels[n++] = group.get().label();
            }
            return new ShardIndex(shard, Arrays.copyOf(offsets, n), Arrays.copyOf(labels, n));
        } catch (IOException e) {
            throw new UncheckedIOException(String.valueOf(e.getMessage()), e);
        }
    }

    long samples() {
        return offsets.length;
    }

    /** Numbers up to the highest label; none where nothing has a label. */
    static List<String> classNames(Collection<ShardIndex> indexes) {
        return ClassNames.numbered(
                1 + indexes.stream().flatMapToInt(index -> Arrays.stream(index.labels)).max().orElse(-1));
    }
}
