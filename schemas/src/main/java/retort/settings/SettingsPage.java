package retort.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Settings as a HOCON page with comments, for people and for files. */
public final class SettingsPage {
    private static final List<String> ORDER = List.of("seed", "secret-keys", "kafka", "topics", "ingest", "trainer", "evaluator",
            "local");

    private static final ConfigRenderOptions RENDERING = ConfigRenderOptions.defaults().setOriginComments(false).setJson(false);

    /** Stands on both sides of an environment variable's name while the page is made: a character that no setting holds. */
    private static final String REFERENCE = "\uE000";

    private static final Pattern A_REFERENCE = Pattern.compile(REFERENCE + "([^" + REFERENCE + "]*)" + REFERENCE);

    private SettingsPage() {
    }

    /**
     * {@code given} over the defaults. Secrets are masked; a secret that the user wrote as a reference to an environment variable or to
     * a file stays that reference. Loaded as a file, the page gives the same settings, unless a secret in it is masked: then the load is
     * refused, with the key.
     *
     * @throws SettingException for an unknown key
     */
    public static String of(Config given) {
        final Config resolved = Settings.over(given);
        final Config referring = Settings.over(given,
                name -> System.getenv(name) == null ? null : REFERENCE + name + REFERENCE);
        final Secrets secrets = Secrets.of(resolved);
        Config shown = resolved;
        for (final Map.Entry<String, ConfigValue> entry : resolved.entrySet())
            if (entry.getValue().valueType() == ConfigValueType.STRING)
                shown = shown.withValue(entry.getKey(), ConfigValueFactory
                        .fromAnyRef(shown(entry.getKey(), resolved, referring, secrets)).withOrigin(entry.getValue().origin()));
        final StringBuilder page = new StringBuilder();
        for (final String root : ORDER)
            if (shown.hasPathOrNull(root))
                page.append(shown.withOnlyPath(root).root().render(RENDERING));
        return A_REFERENCE.matcher(page).replaceAll("\"\\${$1}\""); // inside quotes: the text ends, the reference stands bare, the text goes on
    }

    private static String shown(String path, Config resolved, Config referring, Secrets secrets) {
        final String text = referring.getString(path);
        return secrets.isSecret(path) && text.contains(REFERENCE) ? text : secrets.shown(path, resolved.getString(path));
    }
}
