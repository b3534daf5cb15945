package retort.ingest.source.watch;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import retort.ingest.source.DataSource;
import retort.ingest.source.DataSourceFactory;
import retort.ingest.source.SourceContext;
import retort.ingest.source.SourceException;
import retort.ingest.source.SourceLocation;

/** {@code watch:DIR}. */
public final class WatchFactory implements DataSourceFactory {
    private static final String SETTLE = "2000";

    @Override
    public String scheme() {
        return "watch";
    }

    @Override
    public String usage() {
        return "watch:DIR[?settle-ms=2000&journal=FILE]  new images in a folder, or in one folder a class, endless";
    }

    @Override
    public DataSource open(String given, SourceContext context) throws SourceException {
        final SourceLocation location = SourceLocation.parse(scheme(), given, Set.of("settle-ms", "journal"));
        final Path root = location.directory();
        final String settle = location.option("settle-ms").orElse(SETTLE);
        if (!settle.matches("\\d{1,7}"))
            throw new SourceException(location + ": settle-ms=" + settle + " must be milliseconds, 0 to 9999999");
        final Path file = location.option("journal").map(Path::of).orElse(root.resolve(".retort-arrivals"));
        try (Journal journal = Journal.open(file, classFolders(root))) {
            return new WatchedFolder(root, file, journal.classNames(), Duration.ofMillis(Long.parseLong(settle)));
        } catch (IOException e) {
            throw new SourceException(location + ": the list of arrivals " + file + " cannot be used: " + e.getMessage()
                    + "; journal=FILE keeps it elsewhere", e);
        }
    }

    /** Sorted as folder sources sort them: by value where all names are numbers. */
    private static List<String> classFolders(Path root) throws IOException {
        final List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(root, Files::isDirectory)) {
            for (final Path folder : folders)
                names.add(String.valueOf(folder.getFileName()));
        }
        names.removeIf(name -> name.startsWith("."));
        final boolean numbers = names.stream().allMatch(name -> name.matches("\\d{1,18}"));
        names.sort((a, b) -> numbers && Long.parseLong(a) != Long.parseLong(b)
                ? Long.compare(Long.parseLong(a), Long.parseLong(b))
                : a.compareTo(b));
        return names;
    }
}
