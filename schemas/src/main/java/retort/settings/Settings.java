package retort.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Builds the one {@link Config} of a process: reference.conf of every module, then a file, then {@code KEY=VALUE}
 * overrides, the last wins. A key that no reference.conf knows is an error that names the nearest known one. Called on the
 * starting thread, before anything else.
 */
public final class Settings {
    /** Under this root any key is passed on as it is: they are Kafka's own. */
    private static final String KAFKA = "kafka";

    private static final Set<String> ROOTS = Set.of(KAFKA, "schema-registry", "topics", "ingest", "trainer", "evaluator", "seed",
            "local");

    private Settings() {
    }

    /** The defaults alone. */
    public static Config reference() {
        return ConfigFactory.defaultReference();
    }

    /**
     * @param file a HOCON file, or empty
     * @param overrides {@code key=value} pairs; a value is parsed as HOCON and taken as a plain string where that fails
     * @throws SettingException for a file that cannot be read, a malformed pair, or an unknown key
     */
    public static Config load(Optional<Path> file, List<String> overrides) {
        return over(overrides(overrides).withFallback(file.map(Settings::parse).orElseGet(ConfigFactory::empty)));
    }

    /** A settings file as it stands, unchecked: for {@link #over}. @throws SettingException when it is not there or not HOCON */
    public static Config parse(Path file) {
        if (!Files.isReadable(file))
            throw new SettingException("settings file " + file + " cannot be read: give an existing HOCON file");
        try {
            return ConfigFactory.parseFile(file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
        } catch (ConfigException e) {
            throw new SettingException("settings file " + file + " is not HOCON: " + e.getMessage());
        }
    }

    /** {@code key=value} pairs, the last wins: for {@link #over}. @throws SettingException for a malformed pair */
    public static Config overrides(List<String> pairs) {
        Config given = ConfigFactory.empty();
        for (final String pair : pairs)
            given = override(pair).withFallback(given);
        return given;
    }

    /** {@code given} over the defaults. @throws SettingException for an unknown key */
    public static Config over(Config given) {
        final Config reference = reference();
        try {
            final Config resolved = given.withFallback(reference).resolve();
            final Config own = given.resolveWith(resolved);
            own.entrySet().forEach(entry -> requireKnown(reference, entry.getKey()));
            return kafka(own).withFallback(kafka(reference.resolveWith(resolved))).withFallback(resolved.withoutPath(KAFKA));
        } catch (ConfigException e) {
            throw new SettingException("settings: " + e.getMessage());
        }
    }

    /** {@code whole}, as {@link #over} left it, with another value of a Kafka client's property: {@code bootstrap.servers}. */
    public static Config withKafka(Config whole, String property, String value) {
        return whole.withValue(ConfigUtil.joinPath(KAFKA, property), ConfigValueFactory.fromAnyRef(value));
    }

    /** What stands under {@code kafka}, each key in one spelling: quoted as a whole or nested, it is the same to Kafka. */
    private static Config kafka(Config config) {
        Config one = ConfigFactory.empty();
        if (config.hasPath(KAFKA))
            for (final Map.Entry<String, ConfigValue> entry : config.getConfig(KAFKA).entrySet())
                one = one.withValue(
                        ConfigUtil.joinPath(KAFKA, String.join(".", ConfigUtil.splitPath(entry.getKey()))), entry.getValue());
        return one;
    }

    private static Config override(String pair) {
        final int equals = pair.indexOf('=');
        if (equals <= 0)
            throw new SettingException("--set " + pair + ": give KEY=VALUE, such as --set trainer.device=cpu");
        final String key = pair.substring(0, equals).strip();
        final String value = pair.substring(equals + 1).strip();
        if (isHocon(value))
            try {
                return ConfigFactory.parseString(key + "=" + value);
            } catch (ConfigException e) {
                // no HOCON after all: an address, a URI
            }
        try {
            return ConfigFactory.empty().withValue(key, ConfigValueFactory.fromAnyRef(value));
        } catch (ConfigException e) {
            throw new SettingException("--set " + pair + ": the key is malformed (" + e.getMessage() + ")");
        }
    }

    /** In a bare word {@code //} and {@code #} would begin a comment and cut a path short. */
    private static boolean isHocon(String value) {
        return value.startsWith("[") || value.startsWith("{") || value.startsWith("\"")
                || !value.contains("//") && !value.contains("#");
    }

    private static void requireKnown(Config reference, String path) {
        final String root = ConfigUtil.splitPath(path).getFirst();
        if (!ROOTS.contains(root))
            throw new SettingException("unknown setting " + path + ": the roots are " + new TreeSet<>(ROOTS));
        if (root.equals(KAFKA) || isKnown(reference, path))
            return;
        throw new SettingException("unknown setting " + path + nearest(reference, path)
                + " ('retort settings' lists all)");
    }

    /** Known: in a reference.conf itself, or below a list or an empty object there (their keys are checked by their reader). */
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

    private static String nearest(Config reference, String path) {
        return java.util.stream.Stream
                .concat(reference.entrySet().stream().map(Map.Entry::getKey), java.util.stream.Stream.of("seed"))
                .min(java.util.Comparator.comparingInt(known -> distance(known, path)))
                .filter(known -> distance(known, path) <= Math.max(3, path.length() / 3))
                .map(known -> ": did you mean " + known + "?").orElse("");
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++)
            row[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            final int[] next = new int[b.length() + 1];
            next[0] = i;
            for (int j = 1; j <= b.length(); j++)
                next[j] = Math.min(Math.min(row[j], next[j - 1]) + 1, row[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1));
            row = next;
        }
        return row[b.length()];
    }
}
