package retort.codec;

import java.io.Serial;

/** Thrown if bytes cannot be decoded as the expected record. The message names what was found and what was expected, never the bytes. */
public final class UndecodableException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    public UndecodableException(String message) {
        super(message);
    }

    public UndecodableException(String message, Throwable cause) {
        super(message, cause);
    }
}
