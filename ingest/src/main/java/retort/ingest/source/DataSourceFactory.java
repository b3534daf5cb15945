package retort.ingest.source;

import java.io.IOException;

/**
 * Opens the sources of one scheme. An implementation has a public constructor without arguments, and its name is a line of
 * {@code META-INF/services/retort.ingest.source.DataSourceFactory}.
 */
public interface DataSourceFactory {
    /** The text before the colon of {@code ingest.source}, such as {@code folder}. */
    String scheme();

    /** One line for {@code --help}, with the form of the URI and what it reads. */
    String usage();

    /**
     * Opens a source. Blocks. The caller closes it.
     *
     * @param location the text after the colon
     * @throws SourceException if there is nothing to read there: names the thing, the value and the way out
     */
    DataSource open(String location, SourceContext context) throws IOException, SourceException;
}
