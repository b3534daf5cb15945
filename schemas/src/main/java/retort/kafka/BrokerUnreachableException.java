package retort.kafka;

import java.io.Serial;

/** No broker answers: names the address and the key to change. */
public final class BrokerUnreachableException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public BrokerUnreachableException(String bootstrapServers, Throwable cause) {
        super("no Kafka broker answers at " + bootstrapServers + ": start one there or set kafka.bootstrap.servers", cause);
    }
}
