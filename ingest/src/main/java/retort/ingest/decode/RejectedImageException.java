package retort.ingest.decode;

import java.io.Serial;

/** An image is rejected while the stream goes on. The message is the reason that the topic {@code rejected} carries. */
public final class RejectedImageException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    public RejectedImageException(String reason) {
        super(reason);
    }

    public RejectedImageException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
