package retort.kafka;

import java.io.Serial;

/** The principal lacks a right: the message names operation and resource, and the command that grants it. */
public final class AccessDeniedException extends BrokerException {
    @Serial
    private static final long serialVersionUID = 1;

    AccessDeniedException(String message, Throwable cause) {
        super(message, cause);
    }
}
