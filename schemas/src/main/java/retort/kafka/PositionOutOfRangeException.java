package retort.kafka;

import java.io.Serial;

/** Thrown if a saved position is no longer in the log (retention has deleted it) or not yet (another topic). The message says which. */
public final class PositionOutOfRangeException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    /** The ways on of a reader of batches. */
    static final String WAYS_ON = "To go on: start a new run at the earliest or latest sequence, or publish the stream again "
            + "with more retention";

    public PositionOutOfRangeException(String message) {
        super(message);
    }
}
