package retort.ingest.source.folder;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import retort.ingest.source.ClassNames;
import retort.ingest.source.DataSource;
import retort.ingest.source.DataSourceFactory;
import retort.ingest.source.SourceContext;
import retort.ingest.source.SourceException;
import retort.ingest.source.SourceLocation;

/** Opens {@code folder:PATH}. */
public final class FolderSourceFactory implements DataSourceFactory {
    private static final String NUMBERS = "numbers";

    @Override
    public String scheme() {
        return "folder";
    }

    @Override
    public String usage() {
        return "folder:PATH[?classes=FILE|numbers=FILE]  image files, one folder a class; without such folders, the images in PATH itself,"
                + " unlabelled; numbers: folder N is the class of line N of FILE, counted from 0, as in ImageNet-V2";
    }

    @Override
    public DataSource open(String given, SourceContext context) throws IOException, SourceException {
        final SourceLocation location = SourceLocation.parse(scheme(), given, Set.of("classes", NUMBERS), context);
        final Optional<String> numbers = location.option(NUMBERS);
        if (numbers.isEmpty())
            return open(location.directory(), ClassNames.given(location));
        if (location.option("classes").isPresent())
            throw new SourceException(
                    "folder:" + given + ": give classes=FILE, where folders have the names of classes, or numbers=FILE,"
                            + " where they have their numbers, but not both");
        return numbered(location.directory(), ClassNames.fromFile(location.file(numbers.get())));
    }

    private static DataSource numbered(Path root, List<String> names) throws IOException, SourceException {
        return new FolderSource(FolderListing.of(root, Optional.of(ClassNames.numbered(names.size()))), names);
    }

    /**
     * Opens the folder {@code root}, for layouts that hold folders of images. The caller closes the source.
     *
     * @param classes the class folders in the order of their index; empty for their own order
     * @throws SourceException if {@code root} holds no image of a class
     */
    public static DataSource open(Path root, Optional<List<String>> classes) throws IOException, SourceException {
        return new FolderSource(FolderListing.of(root, classes));
    }
}
