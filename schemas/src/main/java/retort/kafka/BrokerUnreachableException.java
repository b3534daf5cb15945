package retort.kafka;

import java.io.Serial;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.TimeoutException;
import retort.settings.SettingException;

/** No broker answers: names the address and the key to change. */
public final class BrokerUnreachableException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public BrokerUnreachableException(String bootstrapServers, Throwable cause) {
        super("no Kafka broker answers at " + bootstrapServers + ": start one there or set kafka.bootstrap.servers", cause);
    }

    /**
     * What a client's failure at the start means to a person: nobody answers in time or under that name, a setting under
     * {@code kafka} is refused, or something else, which comes back as it is.
     */
    public static RuntimeException explained(String bootstrapServers, KafkaException failure) {
        if (failure instanceof TimeoutException)
            return new BrokerUnreachableException(bootstrapServers, failure);
        final Throwable refusal = failure.getCause() == null ? failure : failure.getCause();
        if (!(refusal instanceof ConfigException))
            return failure;
        final String said = String.valueOf(refusal.getMessage());
        return said.startsWith("No resolvable bootstrap urls") // a host that no name server knows
                ? new BrokerUnreachableException(bootstrapServers, failure)
                : new SettingException("settings under kafka (bootstrap.servers = " + bootstrapServers + "): " + said
                        + "; addresses are host:port, separated by commas");
    }
}
