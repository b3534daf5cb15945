package retort.compose.chaos;

import java.io.Serial;

/** The job does not go on after a fault. The message says what was waited for. */
final class Stuck extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    Stuck(String message) {
        super(message);
    }
}
