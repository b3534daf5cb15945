package retort.place;

import java.io.IOException;
import java.time.Duration;

/** One attempt that may succeed later: a connection that broke, an error of the server, or a server that asks for patience. */
final class BusyException extends IOException {
    private static final long serialVersionUID = 1L;

    /** The time that the server asks for; zero if it names none. */
    private final Duration after;

    BusyException(String message, Duration after, Throwable cause) {
        super(message, cause);
        this.after = after;
    }

    Duration after() {
        return after;
    }
}
