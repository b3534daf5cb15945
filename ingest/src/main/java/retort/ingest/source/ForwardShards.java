package retort.ingest.source;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shards whose samples have been counted and which are read from their beginning, as compressed archives and row groups must be. A resumed
 * stream reads over the samples before its place. Any thread; each reader opens its shard for itself.
 *
 * @param <T> the type that identifies a shard
 */
public final class ForwardShards<T> implements ShardedSource {
    private static final Logger LOG = LoggerFactory.getLogger(ForwardShards.class);

    private final List<T> shards;
    private final Parts parts;
    private final List<String> classNames;
    private final Findings findings;
    private final Function<T, Path> file;
    private final Opener<T> opener;
    /** Shards that were read to their end: each is counted once, however many epochs there are. */
    private final Set<Integer> ended = ConcurrentHashMap.newKeySet();

    /** Opens a shard at its first sample. */
    @FunctionalInterface
    public interface Opener<T> {
        /** @param passedOver counts what the shard holds beside its samples */
        ForwardReader.Samples open(T shard, PassedOver passedOver) throws IOException;
    }

    /**
     * @param counts samples in each shard
     * @param findings its counts grow while shards are read
     * @param file the file that a shard is in, for messages
     */
    public ForwardShards(List<T> shards, long[] counts, List<String> classNames, Findings findings, Function<T, Path> file,
            Opener<T> opener) {
        this.shards = List.copyOf(shards);
        this.parts = new Parts(counts);
        this.classNames = classNames;
        this.findings = findings;
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
        final PassedOver inShard = new PassedOver();
        return new ForwardReader(file.apply(opened).toString(),
                new ForwardReader.Range(parts.start(shard), from, parts.size(shard)),
                () -> opener.open(opened, inShard), more -> ended(shard, more, inShard));
    }

    @Override
    public Findings findings() {
        return findings;
    }

    private void ended(int shard, long more, PassedOver inShard) {
        if (!ended.add(shard))
            return;
        findings.passedOver().addAll(inShard);
        if (more > 0) {
            findings.passedOver().add("sample after the last that the list of lengths counts", more);
            LOG.warn("{} holds {} samples more than its list of lengths says: correct or remove the list",
                    file.apply(shards.get(shard)),
                    more);
        }
    }
}
