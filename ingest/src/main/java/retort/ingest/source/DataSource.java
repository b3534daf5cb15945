package retort.ingest.source;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A set of images in a canonical order that never changes: sample {@code i} is the same image on every machine and in every run.
 * A source implements one of {@link IndexedSource} (opens at any sample), {@link ShardedSource} (reads shards forward) and
 * {@link UnboundedSource} (has no end). A source of your own implements one of them, and {@link DataSourceFactory}.
 */
public interface DataSource extends AutoCloseable {
    /** The name of each class, by class index; empty if the samples have no labels. */
    List<String> classNames();

    /**
     * A digest of everything that the source lists: names, sizes and their order. Two openings of the same data give the same
     * text, on every machine. A file that is renamed, replaced, added or removed changes it. A stream keeps it as a part of its
     * identity, because the sample ids of a resumed stream must still mean the same images.
     *
     * @return empty if the source lists nothing, as a topic does
     */
    default Optional<String> listing() {
        return Optional.empty();
    }

    /**
     * Counts the things that the source has left out so far, by reason, such as {@code "no image ending that is read: .tif"}. Things
     * that are left out have no sample id. Sources that read forward find some only while they read, so the counts may grow. May
     * be called from any thread.
     */
    default Map<String, Long> passedOver() {
        return Map.of();
    }

    /**
     * Sentences that a person should read before the first image is trained on, such as how text labels were numbered. Fixed
     * once the source is open.
     */
    default List<String> remarks() {
        return List.of();
    }

    /** Frees what was opened. The default frees nothing. */
    @Override
    default void close() throws IOException {
    }
}
