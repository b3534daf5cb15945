package retort.ingest.source.webdataset;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.ingest.source.ClassNames;
import retort.ingest.source.DataSource;
import retort.ingest.source.DataSourceFactory;
import retort.ingest.source.FilePattern;
import retort.ingest.source.ForwardShards;
import retort.ingest.source.SourceContext;
import retort.ingest.source.SourceException;
import retort.ingest.source.SourceLocation;
import retort.ingest.source.tar.TarReader;

/**
 * {@code webdataset:PATTERN}. Plain tars are indexed by their headers, so that an epoch is one shuffle of all samples;
 * {@code access=forward} reads them shard by shard as compressed ones are, for storage that hates to seek.
 */
public final class WebDatasetFactory implements DataSourceFactory {
    private static final Logger LOG = LoggerFactory.getLogger(WebDatasetFactory.class);

    @Override
    public String scheme() {
        return "webdataset";
    }

    @Override
    public String usage() {
        return "webdataset:PATTERN[?access=random|forward&classes=FILE]  shards such as imagenet1k-train-{0000..1023}.tar or .tar.gz";
    }

    @Override
    public DataSource open(String given, SourceContext context) throws SourceException {
        final SourceLocation location = SourceLocation.parse(scheme(), given, Set.of("access", "classes"));
        final List<Path> shards = FilePattern.files(location);
        final boolean compressed = shards.stream().anyMatch(TarReader::isCompressed);
        final String access = location.oneOf("access", Set.of("random", "forward"), compressed ? "forward" : "random");
        if (compressed && access.equals("random"))
            throw new SourceException(location + ": compressed shards only read forward: unpack them, or leave access out");
        final Optional<List<String>> names = classNames(location, shards.getFirst());
        if (access.equals("random")) {
            final List<ShardIndex> indexes = ShardIndex.ofAll(shards);
            return new IndexedShards(indexes, names.orElseGet(() -> ShardIndex.classNames(indexes)));
        }
        return forward(shards, names);
    }

    private static DataSource forward(List<Path> shards, Optional<List<String>> names) throws SourceException {
        final ShardLengths lengths = ShardLengths.beside(shards.getFirst());
        final List<Path> unknown = shards.stream().filter(shard -> lengths.of(shard).isEmpty()).toList();
        if (!unknown.isEmpty())
            LOG.info("counting samples of {} shards, since no _info.json beside them says how many they hold", unknown.size());
        final Map<Path, ShardIndex> counted = new HashMap<>();
        for (final ShardIndex index : ShardIndex.ofAll(unknown))
            counted.put(index.shard(), index);
        final long[] samples = shards.stream()
                .mapToLong(shard -> lengths.of(shard).orElseGet(() -> requireNonNull(counted.get(shard)).samples())).toArray();
        return new ForwardShards<>(shards, samples,
                names.orElseGet(() -> unknown.isEmpty() ? List.of() : ShardIndex.classNames(counted.values())),
                Function.identity(), Groups::open);
    }

    /** {@code classes=FILE}, or {@code classnames.txt} beside the shards. */
    private static Optional<List<String>> classNames(SourceLocation location, Path shard) throws SourceException {
        final Optional<List<String>> given = ClassNames.given(location);
        final Path beside = shard.resolveSibling("classnames.txt");
        if (given.isPresent())
            return given;
        return Files.isRegularFile(beside) ? Optional.of(ClassNames.fromFile(beside)) : Optional.empty();
    }
}
