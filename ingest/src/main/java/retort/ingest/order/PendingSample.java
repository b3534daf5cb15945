package retort.ingest.order;

import java.io.IOException;
import retort.ingest.source.Sample;

/** A sample that is known and not read yet. */
public interface PendingSample {
    /** Index in the source's canonical order. */
    long id();

    /** Class index, -1 without. */
    int label();

    /** Reads it; once, on any thread. */
    Sample read() throws IOException;
}
