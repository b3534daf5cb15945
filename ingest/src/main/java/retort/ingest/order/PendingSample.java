package retort.ingest.order;

import java.io.IOException;
import retort.ingest.source.Sample;

/** A sample that is known and not read yet. */
public interface PendingSample {
    /** Index in the source's canonical order. */
    long id();

    /** Class index; -1 if the sample has no label. */
    int label();

    /**
     * Reads the sample. Called once, on any thread.
     *
     * @throws IOException if the sample cannot be read
     */
    Sample read() throws IOException;
}
