package retort.kafka;

import java.io.Serial;

/** Thrown if no broker answers at an address of {@code kafka.bootstrap.servers}, or at an address that a broker has named. */
public final class BrokerUnreachableException extends BrokerException {
    @Serial
    private static final long serialVersionUID = 1;

    BrokerUnreachableException(String message, Throwable cause) {
        super(message, cause);
    }
}
