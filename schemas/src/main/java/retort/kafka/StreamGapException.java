package retort.kafka;

import java.io.Serial;

/** Thrown if a sequence of a stream is missing for good. The message names the stream, the sequence, the partition and the offset. */
public final class StreamGapException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public StreamGapException(String message) {
        super(message);
    }
}
