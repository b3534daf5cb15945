package retort.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigResolver;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Builds the one {@link Config} of a process from the reference.conf of every module, a file, and {@code KEY=VALUE} overrides. The last
 * of these that has a key wins. A key that no reference.conf has is an error, and the message names the nearest known key. A file may
 * refer to environment variables as {@code ${NAME}}. The starting thread calls it before anything else.
 */
public final class Settings {
    /** Below this root any key is allowed, because Kafka's clients define them. */
    private static final String KAFKA = "kafka";

    private static final Set<String> ROOTS = Set.of(KAFKA, "places", "topics", "ingest", "trainer", "evaluator", "seed",
            "secret-keys", "local", "study", "metrics", "schema-registry", "page");

    private Settings() {
    }

    /** The defaults alone. */
    public static Config reference() {
        return ConfigFactory.defaultReference();
    }

    /**
     * @param file a HOCON file, or empty
     * @param overrides {@code key=value} pairs, as in {@link #overrides}
     * @throws SettingException if the file cannot be read, a pair is malformed, or a key is unknown
     */
    public static Config load(Optional<Path> file, List<String> overrides) {
        return over(overrides(overrides).withFallback(file.map(Settings::parse).orElseGet(ConfigFactory::empty)));
    }

    /**
     * Parses a settings file for {@link #over}, which checks its content.
     *
     * @throws SettingException if the file cannot be read, or is not HOCON
     */
    public static Config parse(Path file) {
        if (!Files.isReadable(file))
            throw new SettingException("settings file " + file + " cannot be read: give an existing HOCON file");
        try {
            return ConfigFactory.parseFile(file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
        } catch (ConfigException e) {
            throw new SettingException("settings file " + file + " is not HOCON: " + e.getMessage());
        }
    }

    /**
     * Parses {@code key=value} pairs for {@link #over}. The last pair of a key wins. A value under {@code kafka} is taken literally. Any
     * other value is read as HOCON, or as plain text if it is not HOCON.
     *
     * @throws SettingException if a pair is malformed
     */
    public static Config overrides(List<String> pairs) {
        Config given = ConfigFactory.empty();
        for (final String pair : pairs)
            given = override(pair).withFallback(given);
        return given;
    }

    /** {@code given} over the defaults. @throws SettingException if a key is unknown */
    public static Config over(Config given) {
        return over(given, System.getenv()::get);
    }

    /**
     * Does the same as {@link #over(Config)} with another environment.
     *
     * @param environment returns the value of a variable by its name, or null if there is none
     */
    static Config over(Config given, Function<String, @Nullable String> environment) {
        final Config reference = reference();
        try {
            final Config resolved = given.withFallback(reference).resolve(resolving(environment));
            resolved.entrySet().forEach(entry -> requireKnown(reference, entry.getKey()));
            return kafka(resolved).withFallback(resolved.withoutPath(KAFKA));
        } catch (ConfigException e) {
            throw new SettingException("settings: " + Secrets.withoutPasswords(String.valueOf(e.getMessage())));
        }
    }

    /** Looks up a reference in {@code environment} if no setting has that name. */
    private static ConfigResolveOptions resolving(Function<String, @Nullable String> environment) {
        return ConfigResolveOptions.noSystem().appendResolver(new Environment(path -> {
            final String value = environment.apply(String.join(".", ConfigUtil.splitPath(path)));
            return value == null ? null : ConfigValueFactory.fromAnyRef(value, "environment variable " + path);
        }));
    }

    private record Environment(Function<String, @Nullable ConfigValue> values) implements ConfigResolver {
        @Override
        public @Nullable ConfigValue lookup(String path) {
            return values.apply(path);
        }

        @Override
        public ConfigResolver withFallback(ConfigResolver fallback) {
            return new Environment(path -> {
                final ConfigValue found = lookup(path);
                return found == null ? fallback.lookup(path) : found;
            });
        }
    }

    /** A copy of {@code whole}, the result of {@link #over}, with another value of a Kafka property such as {@code bootstrap.servers}. */
    public static Config withKafka(Config whole, String property, String value) {
        return whole.withValue(ConfigUtil.joinPath(KAFKA, property), ConfigValueFactory.fromAnyRef(value));
    }

    /**
     * The section {@code kafka}. A key that is nested and a key that is quoted as a whole are the same to Kafka, so each key gets one
     * spelling. Where both are given, the quoted one wins: the defaults are nested, and {@code --set} quotes. Each value is the text that
     * the user wrote, because every value is a text to Kafka: 0123 and 1e5 are no numbers here.
     */
    private static Config kafka(Config config) {
        final Config kafka = config.getConfig(KAFKA);
        final List<String> quotedLast = kafka.entrySet().stream().map(Map.Entry::getKey)
                .sorted(Comparator.comparingInt((String key) -> ConfigUtil.splitPath(key).size()).reversed()).toList();
        Config one = ConfigFactory.empty();
        for (final String key : quotedLast)
            one = one.withValue(ConfigUtil.joinPath(KAFKA, String.join(".", ConfigUtil.splitPath(key))),
                    text(key, kafka, kafka.getValue(key)));
        return one;
    }

    private static ConfigValue text(String key, Config kafka, ConfigValue value) {
        if (value.valueType() == ConfigValueType.LIST || value.valueType() == ConfigValueType.OBJECT)
            throw new SettingException("setting kafka." + key + " is a " + value.valueType().name().toLowerCase(Locale.ROOT)
                    + ": to Kafka every value is a text; put it in quotes, with commas between the parts of a list");
        return ConfigValueFactory.fromAnyRef(kafka.getString(key)).withOrigin(value.origin());
    }

    private static Config override(String pair) {
        final int equals = pair.indexOf('=');
        if (equals <= 0)
            throw new SettingException("--set " + pair + ": give KEY=VALUE, such as --set trainer.device=cpu");
        final String key = pair.substring(0, equals).strip();
        try {
            if (key.startsWith(KAFKA + "."))
                return ConfigFactory.empty().withValue(
                        ConfigUtil.joinPath(KAFKA, String.join(".", ConfigUtil.splitPath(key.substring(KAFKA.length() + 1)))),
                        ConfigValueFactory.fromAnyRef(pair.substring(equals + 1)));
            return own(key, pair.substring(equals + 1).strip());
        } catch (ConfigException e) {
            throw new SettingException("--set " + key + "=...: the key is malformed (" + e.getMessage() + ")");
        }
    }

    /** A setting of Retort: the value as HOCON if it is HOCON, otherwise plain text such as an address or a URI. */
    private static Config own(String key, String value) {
        if (isHocon(value))
            try {
                return ConfigFactory.parseString(key + "=" + value);
            } catch (ConfigException e) {
                // the value is plain text
            }
        return ConfigFactory.empty().withValue(key, ConfigValueFactory.fromAnyRef(value));
    }

    /** Excludes plain paths, because in an unquoted text {@code //} and {@code #} would begin a comment and cut the path short. */
    private static boolean isHocon(String value) {
        return value.startsWith("[") || value.startsWith("{") || value.startsWith("\"")
                || !value.contains("//") && !value.contains("#");
    }

    private static void requireKnown(Config reference, String path) {
        if (reference.hasPathOrNull(path))
            return;
        final String root = ConfigUtil.splitPath(path).getFirst();
        if (!ROOTS.contains(root))
            throw new SettingException("unknown setting " + path + ": the roots are " + new TreeSet<>(ROOTS));
        if (root.equals(KAFKA) || isKnown(reference, path))
            return;
        throw new SettingException(
                "unknown setting " + path + Nearest.to(path, reference.entrySet().stream().map(Map.Entry::getKey).toList())
                        + " ('retort settings' lists all)");
    }

    /**
     * A key is known if it is in a reference.conf. A key below a list or an empty object there is known, too, because the reader of that
     * object checks its keys.
     */
    private static boolean isKnown(Config reference, String path) {
        final List<String> parts = ConfigUtil.splitPath(path);
        for (int n = parts.size(); n > 0; n--) {
            final String prefix = ConfigUtil.joinPath(parts.subList(0, n));
            if (reference.hasPathOrNull(prefix)) {
                if (n == parts.size() || reference.getIsNull(prefix))
                    return true;
                return reference.getValue(prefix).unwrapped() instanceof Map<?, ?> map && map.isEmpty();
            }
        }
        return false;
    }
}
