package retort.kafka;

import java.io.Serial;

/** A topic that was there already breaks the contract, and could not be corrected: names topic, setting, value, and the command that mends it. */
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
