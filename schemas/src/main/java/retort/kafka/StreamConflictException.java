package retort.kafka;

import java.io.Serial;

/** A stream of this name is there already and was made with other settings: names the differences. */
public final class StreamConflictException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    StreamConflictException(String name, String differences) {
        super("stream " + name + " is there already, made with other settings: " + differences
                + ". Use those settings, or give the stream another name");
    }
}
