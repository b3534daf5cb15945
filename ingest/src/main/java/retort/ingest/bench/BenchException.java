package retort.ingest.bench;

import java.io.Serial;

/** A benchmark that cannot be run here: says why and what to do. */
public final class BenchException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public BenchException(String message) {
        super(message);
    }
}
