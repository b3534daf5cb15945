package retort.kafka;

import java.io.Serial;

/** A sink refuses a parcel because too many earlier ones are not finished. None of the parcel's records is sent. */
public final class SinkFullException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    SinkFullException(String name, Backlog backlog) {
        super("sink " + name + " takes no more: " + backlog + " wait for the broker already; wait for the end of each send before"
                + " the next one");
    }
}
