package retort.settings;

import java.io.Serial;

/** Thrown if a setting is not allowed; it ends the start. The message names the key, the value that was found and the allowed values. */
public final class SettingException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public SettingException(String key, Object found, String allowed) {
        super("setting " + key + " = " + found + ": " + allowed);
    }

    public SettingException(String message) {
        super(message);
    }
}
