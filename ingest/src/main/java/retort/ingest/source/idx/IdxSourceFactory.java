package retort.ingest.source.idx;

import java.io.IOException;
import java.util.Set;
import retort.ingest.source.ClassNames;
import retort.ingest.source.DataSource;
import retort.ingest.source.DataSourceFactory;
import retort.ingest.source.SourceContext;
import retort.ingest.source.SourceException;
import retort.ingest.source.SourceLocation;

/** Opens {@code idx:PATH}. */
public final class IdxSourceFactory implements DataSourceFactory {
    @Override
    public String scheme() {
        return "idx";
    }

    @Override
    public String usage() {
        return "idx:PATH[?classes=FILE]  MNIST's IDX files, gzipped or not: a folder (its training set) or the files' prefix, such as DIR/t10k";
    }

    @Override
    public DataSource open(String given, SourceContext context) throws IOException, SourceException {
        final SourceLocation location = SourceLocation.parse(scheme(), given, Set.of("classes"), context);
        return IdxSource.open(IdxPair.find(location.file()), ClassNames.given(location));
    }
}
