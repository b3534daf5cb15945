package retort.ingest.source;

import java.io.IOException;

/** Opens the sources of one scheme; found with {@link java.util.ServiceLoader}. */
public interface DataSourceFactory {
    /** What {@code ingest.source} begins with, before the colon: {@code folder}, {@code idx}. */
    String scheme();

    /** One line for {@code --help}: the form of the URI and what it reads. */
    String usage();

    /**
     * @param location what follows the colon
     * @throws SourceException when there is nothing to read there: names the thing, the value and the way out
     */
    DataSource open(String location, SourceContext context) throws IOException, SourceException;
}
