package retort.kafka;

import java.io.Serial;

/** Thrown if a stream of this name exists already and was made with other settings. The message names the differences. */
public final class StreamConflictException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    StreamConflictException(String name, String differences) {
        super("stream " + name + " is there already, made with other settings: " + differences
                + ". Use those settings, or give the stream another name");
    }
}
