package retort.kafka;

import java.io.Serial;

/** Thrown if an existing topic breaks the contract and cannot be corrected. The message names the topic, the setting and a way out. */
public final class TopicSettingException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    TopicSettingException(String message) {
        super(message);
    }

    TopicSettingException(String message, Throwable cause) {
        super(message, cause);
    }
}
