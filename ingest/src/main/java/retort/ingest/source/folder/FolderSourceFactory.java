package retort.ingest.source.folder;

import java.io.IOException;
import java.util.Set;
import retort.ingest.source.DataSource;
import retort.ingest.source.DataSourceFactory;
import retort.ingest.source.SourceContext;
import retort.ingest.source.SourceException;
import retort.ingest.source.SourceLocation;

/** Scheme {@code folder}. */
public final class FolderSourceFactory implements DataSourceFactory {
    @Override
    public String scheme() {
        return "folder";
    }

    @Override
    public String usage() {
        return "folder:PATH     image files, one folder a class; without such folders, the images in PATH itself, unlabelled";
    }

    @Override
    public DataSource open(String location, SourceContext context) throws IOException, SourceException {
        return FolderSource.open(SourceLocation.parse(scheme(), location, Set.of()).directory());
    }
}
