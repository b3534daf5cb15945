package retort.kafka;

import java.io.Serial;

/** Thrown if the cluster does not do what it was asked. The message names the request, the address, the answer, and a way out. */
public sealed class BrokerException extends RuntimeException permits BrokerUnreachableException, AccessDeniedException {
    @Serial
    private static final long serialVersionUID = 1;

    BrokerException(String message, Throwable cause) {
        super(message, cause);
    }
}
