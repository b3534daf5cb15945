package retort.ingest.source;

import java.io.IOException;
import java.util.List;

/**
 * Images in a canonical order that never changes: sample {@code i} is the same image on every machine and in every run. One of
 * {@link IndexedSource} (any sample by its number), {@link ShardedSource} (read forward in shards) and
 * {@link UnboundedSource} (has no end). A source of one's own implements one of them, and {@link DataSourceFactory}.
 */
public interface DataSource extends AutoCloseable {
    /** Name of each class, by index; empty where there are no labels. */
    List<String> classNames();

    /** Frees what was opened; nothing by default. */
    @Override
    default void close() throws IOException {
    }
}
