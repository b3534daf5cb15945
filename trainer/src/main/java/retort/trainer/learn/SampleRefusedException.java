package retort.trainer.learn;

import java.io.Serial;

/** An objective cannot learn from an image of the stream: the message names the sample, the reason and the way out. */
public final class SampleRefusedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public SampleRefusedException(String message) {
        super(message);
    }
}
