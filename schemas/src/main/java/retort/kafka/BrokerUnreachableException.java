package retort.kafka;

import java.io.Serial;

/** No broker answers at an address that Retort needs: the one of {@code kafka.bootstrap.servers}, or one that a broker has named. */
public final class BrokerUnreachableException extends BrokerException {
    @Serial
    private static final long serialVersionUID = 1;

    BrokerUnreachableException(String message, Throwable cause) {
        super(message, cause);
    }
}
