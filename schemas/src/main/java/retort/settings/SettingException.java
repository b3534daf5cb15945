package retort.settings;

import java.io.Serial;

/** A setting that stops the start: names the key, what was found and what is allowed. */
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
