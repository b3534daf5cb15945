package retort.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Settings as a HOCON page with comments, for people and for use as a file. */
public final class SettingsPage {
    private static final List<String> ORDER = List.of("seed", "secret-keys", "kafka", "topics", "schema-registry", "places",
            "ingest", "trainer", "evaluator", "page", "local", "study", "metrics");

    private static final ConfigRenderOptions RENDERING = ConfigRenderOptions.defaults().setOriginComments(false).setJson(false);

    /** A character that no setting contains. It marks both ends of an environment variable's name while the page is built. */
    private static final String REFERENCE = "\uE000";

    private static final Pattern A_REFERENCE = Pattern.compile(REFERENCE + "([^" + REFERENCE + "]*)" + REFERENCE);

    private SettingsPage() {
    }

    /**
     * {@code given} over the defaults. Secrets are masked. A secret that the user wrote as a reference to an environment variable or to a
     * file stays a reference. If the page is loaded as a file, it gives the same settings. If a secret in it is masked, loading it is
     * refused, and the message names the key.
     *
     * @throws SettingException if a key is unknown
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
        return A_REFERENCE.matcher(page).replaceAll("\"\\${$1}\""); // closes the quotes before the reference, opens them after it
    }

    private static String shown(String path, Config resolved, Config referring, Secrets secrets) {
        final String text = referring.getString(path);
        return secrets.isSecret(path) && text.contains(REFERENCE) ? text : secrets.shown(path, resolved.getString(path));
    }
}
