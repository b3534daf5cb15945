package retort.kafka;

import java.io.Serial;

/** The cluster cannot be used as asked. The message says what was tried, at which address, what answered, and the way on. */
public sealed class BrokerException extends RuntimeException permits BrokerUnreachableException, AccessDeniedException {
    @Serial
    private static final long serialVersionUID = 1;

    BrokerException(String message, Throwable cause) {
        super(message, cause);
    }
}
