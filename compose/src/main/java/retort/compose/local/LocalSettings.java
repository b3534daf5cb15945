package retort.compose.local;

import com.typesafe.config.Config;
import retort.settings.Section;

/**
 * The settings under {@code local}.
 *
 * @param port of the broker on 127.0.0.1; 0 for a free one
 */
public record LocalSettings(int port) {
    private static final int HIGHEST_PORT = 65_535;

    /** @throws retort.settings.SettingException names the key, the value and what is allowed */
    public static LocalSettings from(Config whole) {
        return new LocalSettings(Section.of(whole, "local").integer("port", 0, HIGHEST_PORT));
    }
}
