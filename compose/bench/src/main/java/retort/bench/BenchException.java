package retort.bench;

import java.io.Serial;

/** Thrown where a benchmark cannot run on this machine. The message says why, and what to do. */
public final class BenchException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public BenchException(String message) {
        super(message);
    }
}
