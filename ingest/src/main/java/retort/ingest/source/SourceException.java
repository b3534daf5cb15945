package retort.ingest.source;

import java.io.Serial;

/** A source cannot be opened, and the start stops. The message names the thing, what was found, and the way out. */
public final class SourceException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    public SourceException(String message) {
        super(message);
    }

    public SourceException(String message, Throwable cause) {
        super(message, cause);
    }
}
