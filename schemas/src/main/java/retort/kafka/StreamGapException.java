package retort.kafka;

import java.io.Serial;

/** A sequence of a stream is missing for good: names stream, sequence, partition and offset. */
public final class StreamGapException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public StreamGapException(String message) {
        super(message);
    }
}
