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
    @Override
    public String scheme() {
        return "folder";
    }

    @Override
    public String usage() {
        return "folder:PATH[?classes=FILE]  image files, one folder a class; without such folders, the images in PATH itself, unlabelled";
    }

    @Override
    public DataSource open(String given, SourceContext context) throws IOException, SourceException {
        final SourceLocation location = SourceLocation.parse(scheme(), given, Set.of("classes"), context);
        return open(location.directory(), ClassNames.given(location));
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
