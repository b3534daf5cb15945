package retort.ingest.source.webdataset;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
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
import retort.ingest.source.ClassLabels;
import retort.ingest.source.ClassNames;
import retort.ingest.source.Compression;
import retort.ingest.source.Contents;
import retort.ingest.source.DataSource;
import retort.ingest.source.DataSourceFactory;
import retort.ingest.source.FilePattern;
import retort.ingest.source.Findings;
import retort.ingest.source.ForwardShards;
import retort.ingest.source.Listing;
import retort.ingest.source.PassedOver;
import retort.ingest.source.SourceContext;
import retort.ingest.source.SourceException;
import retort.ingest.source.SourceLocation;

/**
 * Opens {@code webdataset:PATTERN}. Plain tars are indexed by their headers, so that an epoch is one shuffle of all samples. With {@code
 * access=forward} they are read shard by shard, as compressed ones are, for storage that is slow to seek.
 */
public final class WebDatasetFactory implements DataSourceFactory {
    private static final Logger LOG = LoggerFactory.getLogger(WebDatasetFactory.class);
    private static final Set<String> OPTIONS = Set.of("access", "classes", "image", "label");

    @Override
    public String scheme() {
        return "webdataset";
    }

    @Override
    public String usage() {
        return "webdataset:PATTERN[?access=random|forward&image=KEY&label=KEY&classes=FILE]  "
                + "shards such as imagenet1k-train-{0000..1023}.tar, plain or compressed";
    }

    @Override
    public DataSource open(String given, SourceContext context) throws SourceException {
        final SourceLocation location = SourceLocation.parse(scheme(), given, OPTIONS, context);
        final List<Path> shards = FilePattern.files(location);
        final Keys keys = Keys.of(location);
        final boolean compressed = isAnyCompressed(location, shards);
        final String access = location.oneOf("access", Set.of("random", "forward"), compressed ? "forward" : "random");
        if (compressed && access.equals("random"))
            throw new SourceException(location + ": compressed shards only read forward: unpack them, or leave access out");
        final Optional<ClassLabels> classes = classes(location, shards.getFirst());
        if (access.equals("forward"))
            return forward(location, shards, keys, classes);
        final List<ShardIndex> indexes = ShardIndex.ofAll(shards, keys);
        ShardFindings.requireLabels(location, indexes);
        final ClassLabels known = classes.orElseGet(() -> ShardIndex.classes(indexes));
        return new IndexedShards(indexes, keys, known, ShardFindings.of(indexes, indexes, known).with(Contents.of(shards)));
    }

    private static DataSource forward(SourceLocation location, List<Path> shards, Keys keys, Optional<ClassLabels> classes)
            throws SourceException {
        final ShardLengths lengths = ShardLengths.beside(shards.getFirst());
        final List<Path> unknown = shards.stream().filter(shard -> lengths.of(shard).isEmpty()).toList();
        if (!unknown.isEmpty())
            LOG.info("counting samples of {} shards, since no _info.json beside them says how many they hold", unknown.size());
        final Map<Path, ShardIndex> counted = new HashMap<>();
        for (final ShardIndex index : ShardIndex.ofAll(unknown, keys))
            counted.put(index.shard(), index);
        if (counted.size() == Set.copyOf(shards).size())
            ShardFindings.requireLabels(location, counted.values());
        final long[] samples = shards.stream()
                .mapToLong(shard -> lengths.of(shard).orElseGet(() -> requireNonNull(counted.get(shard)).samples())).toArray();
        final boolean allCounted = unknown.size() == shards.size();
        final ClassLabels known = classes
                .orElseGet(() -> allCounted ? ShardIndex.classes(counted.values()) : ClassLabels.unknown());
        final Findings found = ShardFindings.of(List.of(), counted.values(), known);
        return new ForwardShards<>(shards, samples, known.names(),
                Findings.of(listing(shards), found.passedOver(), found.remarks()).with(Contents.of(shards)),
                Function.identity(),
                (shard, passedOver) -> Groups.open(shard, keys, known, Optional.ofNullable(counted.get(shard)),
                        counted.containsKey(shard) ? new PassedOver() : passedOver));
    }

    /** A digest of names and sizes. Shards that are read forward are not opened for it, because their sizes tell another content. */
    private static Listing listing(List<Path> shards) throws SourceException {
        final Listing listing = new Listing();
        for (final Path shard : shards)
            try {
                listing.add(shard, "", Files.size(shard));
            } catch (IOException e) {
                throw new SourceException(shard + " cannot be read: " + e.getMessage(), e);
            }
        return listing;
    }

    private static boolean isAnyCompressed(SourceLocation location, List<Path> shards) throws SourceException {
        for (final Path shard : shards)
            try {
                if (Compression.of(shard) != Compression.NONE)
                    return true;
            } catch (IOException e) {
                throw new SourceException(location + ": " + shard + " cannot be read: " + e.getMessage(), e);
            }
        return false;
    }

    /** {@code classes=FILE}, or {@code classnames.txt} beside the shards, or the former for the numbers of the latter. */
    private static Optional<ClassLabels> classes(SourceLocation location, Path shard) throws SourceException {
        final Optional<List<String>> given = ClassNames.given(location);
        final Path beside = shard.resolveSibling("classnames.txt");
        final List<String> own = Files.isRegularFile(beside) ? ClassNames.fromFile(beside) : List.of();
        return given.isPresent() || !own.isEmpty() ? Optional.of(ClassLabels.listed(given.orElse(own), own)) : Optional.empty();
    }
}
