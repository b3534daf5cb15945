package retort.pickle;

import java.io.Serial;

/** A pickle is broken, is too large, or asks for more than plain data. */
public final class PickleException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public PickleException(String message) {
        super(message);
    }
}
