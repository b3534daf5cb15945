package retort.ingest.source;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * Shards whose samples have been counted and which are read from their beginning, as compressed archives and row groups must be: a
 * resume reads over what comes before it. Any thread; each reader opens its shard for itself.
 *
 * @param <T> what a shard is opened by
 */
public final class ForwardShards<T> implements ShardedSource {
    private final List<T> shards;
    private final Parts parts;
    private final List<String> classNames;
    private final Function<T, Path> file;
    private final Opener<T> opener;

    /** Opens a shard at its first sample. */
    @FunctionalInterface
    public interface Opener<T> {
        ForwardReader.Samples open(T shard) throws IOException;
    }

    /**
     * @param counts samples in each shard
     * @param file the file that a shard is in, for messages
     */
    public ForwardShards(List<T> shards, long[] counts, List<String> classNames, Function<T, Path> file, Opener<T> opener) {
        this.shards = List.copyOf(shards);
        this.parts = new Parts(counts);
        this.classNames = classNames;
        this.file = file;
        this.opener = opener;
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
        final T opened = shards.get(shard);
        return new ForwardReader(file.apply(opened).toString(), parts.start(shard), from, () -> opener.open(opened));
    }
}
