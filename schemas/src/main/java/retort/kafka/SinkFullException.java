package retort.kafka;

import java.io.Serial;

/** Thrown if a sink refuses a parcel because too many earlier ones are unfinished. None of the parcel's records is sent. */
public final class SinkFullException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    SinkFullException(String name, Backlog backlog) {
        super("sink " + name + " takes no more: " + backlog + " wait for the broker already; wait for the end of each send before"
                + " the next one");
    }
}
