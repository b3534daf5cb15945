package retort.ingest.source.watch;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import retort.ingest.source.ClassFolders;
import retort.ingest.source.ClassNames;
import retort.ingest.source.DataSource;
import retort.ingest.source.DataSourceFactory;
import retort.ingest.source.FileName;
import retort.ingest.source.PassedOver;
import retort.ingest.source.SourceContext;
import retort.ingest.source.SourceException;
import retort.ingest.source.SourceLocation;

/** Opens {@code watch:DIR}. */
public final class WatchFactory implements DataSourceFactory {
    private static final String SETTLE = "2000";

    @Override
    public String scheme() {
        return "watch";
    }

    @Override
    public String usage() {
        return "watch:DIR[?settle-ms=2000&journal=FILE&classes=FILE]  new images in a folder, or in one folder a class, endless";
    }

    @Override
    public DataSource open(String given, SourceContext context) throws SourceException {
        final SourceLocation location = SourceLocation.parse(scheme(), given, Set.of("settle-ms", "journal", "classes"));
        final Path root = location.directory();
        final String settle = location.option("settle-ms").orElse(SETTLE);
        if (!settle.matches("\\d{1,7}"))
            throw new SourceException(location + ": settle-ms=" + settle + " must be milliseconds, 0 to 9999999");
        final Path file = location.option("journal").map(FileName::path).orElse(root.resolve(Journal.NAME));
        final Optional<List<String>> listed = ClassNames.given(location);
        try (Journal journal = Journal.open(file, listed.isPresent() ? listed.get() : ClassFolders.in(root, new PassedOver()))) {
            if (listed.isPresent() && !listed.get().equals(journal.classNames()))
                throw new SourceException(location + ": the list of arrivals " + file + " was begun with the classes "
                        + journal.classNames()
                        + ", not with those of classes=: class indices of a stream never change; begin a new "
                        + "stream with journal=FILE");
            return new WatchedFolder(root, file, journal.classNames(), Duration.ofMillis(Long.parseLong(settle)));
        } catch (IOException e) {
            throw new SourceException(location + ": the list of arrivals " + file + " cannot be used: " + e.getMessage()
                    + "; journal=FILE keeps it elsewhere", e);
        }
    }
}
