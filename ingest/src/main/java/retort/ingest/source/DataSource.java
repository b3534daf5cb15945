package retort.ingest.source;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
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
     * The listing, the counts of what is passed over, and remarks. A source that counts while it reads returns the same object on every
     * call. May be called from any thread.
     *
     * @return by default findings without any
     */
    default Findings findings() {
        return Findings.unlisted(new PassedOver(), List.of());
    }

    /**
     * Looks for data that may have changed since {@code time} although {@link #findings()} has the same digests. Called once, when a
     * stream goes on. May block.
     *
     * @return a sentence for people; by default empty
     */
    default Optional<String> changedSince(Instant time) {
        return Optional.empty();
    }

    /** Frees what was opened. The default frees nothing. */
    @Override
    default void close() throws IOException {
    }
}
