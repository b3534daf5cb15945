package retort.ingest.recipe;

import java.io.Serial;

/** One image that cannot become pixels: it goes to {@code rejected} with this message, and the stream goes on. */
public final class RejectedImageException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    public RejectedImageException(String message) {
        super(message);
    }

    public RejectedImageException(String message, Throwable cause) {
        super(message, cause);
    }
}
