package retort.ingest.source;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import retort.place.Places;

/**
 * A source's URI without its scheme: {@code PATH?key=value&key=value}. Nothing is percent-decoded. A question mark that is not followed by
 * {@code key=} belongs to the path. In an address on the web, the pairs that are no option of the source belong to the address. Immutable.
 *
 * @param scheme the scheme, for messages
 * @param path the path to read
 * @param query values by key, in the order written
 * @param places opens {@code s3://} and {@code https://}; empty for a scheme that reads files on a disk alone
 */
public record SourceLocation(String scheme, String path, Map<String, String> query, Optional<Places> places) {
    public SourceLocation {
        query = Collections.unmodifiableMap(new LinkedHashMap<>(query));
    }

    /** A location on a disk. */
    public SourceLocation(String scheme, String path, Map<String, String> query) {
        this(scheme, path, query, Optional.empty());
    }

    /**
     * A location for a scheme that reads files on a disk alone.
     *
     * @param keys the query keys that the scheme knows
     * @throws SourceException if the path is empty, or a key is unknown or given twice
     */
    public static SourceLocation parse(String scheme, String location, Set<String> keys) throws SourceException {
        return parse(scheme, location, keys, Optional.empty());
    }

    /** As {@link #parse(String, String, Set)}, for a scheme that reads wherever {@code context} does. */
    public static SourceLocation parse(String scheme, String location, Set<String> keys, SourceContext context)
            throws SourceException {
        return parse(scheme, location, keys, Optional.of(context.places()));
    }

    private static SourceLocation parse(String scheme, String location, Set<String> keys, Optional<Places> places)
            throws SourceException {
        final boolean web = Places.isWeb(location);
        final List<String> address = new ArrayList<>();
        final int mark = location.lastIndexOf('?');
        final boolean queried = mark >= 0 && location.indexOf('=', mark) > mark + 1;
        final Map<String, String> query = new LinkedHashMap<>();
        for (final String pair : queried ? location.substring(mark + 1).split("&", -1) : new String[0]) {
            final int equals = pair.indexOf('=');
            final String key = equals < 0 ? pair : pair.substring(0, equals);
            if (web && !keys.contains(key))
                address.add(pair);
            else if (equals < 0 || !keys.contains(key) || query.put(key, pair.substring(equals + 1)) != null)
                throw new SourceException(scheme + ":" + Places.shown(location) + ": '" + pair + "' is not one of its options, "
                        + (keys.isEmpty() ? "it takes none" : "each given once as key=value: " + new TreeSet<>(keys)));
        }
        final String path = (queried ? location.substring(0, mark) : location)
                + (address.isEmpty() ? "" : "?" + String.join("&", address));
        if (path.isBlank())
            throw new SourceException(
                    scheme + ":" + location + " names nothing to read: see 'retort ingest --help' for its form");
        return new SourceLocation(scheme, path, query, places);
    }

    public Optional<String> option(String key) {
        return Optional.ofNullable(query.get(key));
    }

    /**
     * The option {@code key}, or {@code otherwise} if it is not given.
     *
     * @throws SourceException if it is none of {@code allowed}
     */
    public String oneOf(String key, Set<String> allowed, String otherwise) throws SourceException {
        final String value = query.getOrDefault(key, otherwise);
        if (!allowed.contains(value))
            throw new SourceException(this + ": " + key + "=" + value + " must be one of " + new TreeSet<>(allowed));
        return value;
    }

    /**
     * Returns the path as an existing folder.
     *
     * @throws SourceException if there is none
     */
    public Path directory() throws SourceException {
        final Path directory = file();
        if (!Files.isDirectory(directory))
            throw new SourceException(this + ": no folder is there: give an existing one");
        return directory;
    }

    /**
     * Returns the path, which need not exist.
     *
     * @throws SourceException if the text cannot be a path
     */
    public Path file() throws SourceException {
        return file(path);
    }

    /**
     * Returns another text of this location, such as the value of an option, as a path, which need not exist.
     *
     * @throws SourceException if the text cannot be a path
     */
    public Path file(String text) throws SourceException {
        try {
            if (!Places.isPlace(text))
                return FileName.path(text);
            return places.orElseThrow(
                    () -> new SourceException(this + ": " + scheme + " reads files on a disk alone: fetch them first, or "
                            + "use folder, webdataset, parquet, imagenet-hf, idx, cifar10 or cifar100"))
                    .path(text);
        } catch (InvalidPathException e) {
            throw new SourceException(this + ": " + e.getInput() + " is no path: " + e.getReason(), e);
        }
    }

    /** The URI as it was given. */
    @Override
    public String toString() {
        final String options = query.entrySet().stream().map(Object::toString).collect(Collectors.joining("&"));
        return scheme + ":" + Places.shown(path) + (options.isEmpty() ? "" : "?" + options);
    }
}
