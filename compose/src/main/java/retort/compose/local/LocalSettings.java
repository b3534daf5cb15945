package retort.compose.local;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.Map;
import retort.settings.Section;

/**
 * The settings under {@code local}.
 *
 * @param port the broker's port on 127.0.0.1; 0 selects a free port
 */
public record LocalSettings(int port) {
    private static final int HIGHEST_PORT = 65_535;

    /** The settings of a folder: its checkpoints, and a page at a free port of loopback. The settings of a person go before them. */
    public static Config places(Path directory) {
        return ConfigFactory.parseMap(Map.of("trainer.checkpoints", directory.resolve("checkpoints").toString(),
                "page.enabled", true, "page.address", "127.0.0.1:0"));
    }

    /** @throws retort.settings.SettingException if a value is not allowed; the message names the key, the value and the allowed values */
    public static LocalSettings from(Config whole) {
        return new LocalSettings(Section.of(whole, "local").integer("port", 0, HIGHEST_PORT));
    }
}
