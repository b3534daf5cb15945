package retort.bench;

import java.io.Serial;

/** Thrown if a benchmark cannot run on this machine. The message gives the reason and a way out. */
public final class BenchException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public BenchException(String message) {
        super(message);
    }
}
