package retort.kafka;

import java.io.Serial;

/** Thrown if the principal lacks a right. The message names the operation, the resource, and the command that grants the right. */
public final class AccessDeniedException extends BrokerException {
    @Serial
    private static final long serialVersionUID = 1;

    AccessDeniedException(String message, Throwable cause) {
        super(message, cause);
    }
}
