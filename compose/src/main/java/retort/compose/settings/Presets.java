package retort.compose.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.util.List;
import retort.settings.Nearest;
import retort.settings.SettingException;

/** The settings files of {@code compose/presets}, by name. Stateless; any thread. */
public final class Presets {
    /** The names, in the order of the help. */
    public static final List<String> NAMES = List.of("dmae-vitb-imagenet", "dmae-vitb-imagenet-95", "dmae-vitb-imagenet-98",
            "dmae-vits", "dmae-vitti", "mae-lite-vitti", "tinymim-vitb", "g2sd-vits", "g2sd-finetune-vits", "amd-vitb",
            "maskalign-vitb", "moma-vits",
            "mae-vitl", "mae-vitb", "mae-vits", "mae-vitti", "finetune-vitb", "finetune-vits", "finetune-vitti");

    private Presets() {
    }

    /**
     * @param given what a person wrote before the name, such as {@code --preset }
     * @throws SettingException if there is no preset of this name; the message lists all
     */
    static Config named(String name, String given) {
        if (!NAMES.contains(name))
            throw new SettingException(given + name + " is unknown" + Nearest.to(name, NAMES) + ": there are "
                    + String.join(", ", NAMES));
        return ConfigFactory.parseResources(Presets.class.getClassLoader(), "presets/" + name + ".conf",
                ConfigParseOptions.defaults().setAllowMissing(false));
    }
}
