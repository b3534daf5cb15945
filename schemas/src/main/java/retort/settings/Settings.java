package retort.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Builds the one {@link Config} of a process: reference.conf of every module, then a file, then {@code KEY=VALUE}
 * overrides, the last wins. A key that no reference.conf knows is an error that names the nearest known one. Called on the
 * starting thread, before anything else.
 */
public final class Settings {
    /** Under these roots any key is passed on as it is: they are Kafka's own, or a map by names that users choose. */
    private static final Set<String> OPEN = Set.of("kafka");

    private static final Set<String> ROOTS = Set.of("kafka", "schema-registry", "topics", "ingest", "trainer", "evaluator",
            "seed",
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
            given.resolveWith(resolved).entrySet().forEach(entry -> requireKnown(reference, entry.getKey()));
            return resolved;
        } catch (ConfigException e) {
            throw new SettingException("settings: " + e.getMessage());
        }
    }

    private static Config override(String pair) {
        final int equals = pair.indexOf('=');
        if (equals <= 0)
            throw new SettingException("--set " + pair + ": give KEY=VALUE, such as --set trainer.device=cpu");
        final String key = pair.substring(0, equals).strip();
        final String value = pair.substring(equals + 1).strip();
        final String path = key.startsWith("kafka.") ? "kafka." + ConfigUtil.quoteString(key.substring(6)) : key;
        try {
            return ConfigFactory.parseString(path + "=" + value);
        } catch (ConfigException notHocon) { // a path, a URI, an address
            try {
                return ConfigFactory.empty().withValue(path, ConfigValueFactory.fromAnyRef(value));
            } catch (ConfigException badKey) {
                throw new SettingException("--set " + pair + ": the key is malformed (" + badKey.getMessage() + ")");
            }
        }
    }

    private static void requireKnown(Config reference, String path) {
        final String root = ConfigUtil.splitPath(path).getFirst();
        if (!ROOTS.contains(root))
            throw new SettingException("unknown setting " + path + ": the roots are " + new TreeSet<>(ROOTS));
        if (OPEN.contains(root) || isKnown(reference, path))
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
                return reference.getValue(prefix).unwrapped() instanceof java.util.Map<?, ?> map && map.isEmpty();
            }
        }
        return false;
    }

    private static String nearest(Config reference, String path) {
        return java.util.stream.Stream
                .concat(reference.entrySet().stream().map(java.util.Map.Entry::getKey), java.util.stream.Stream.of("seed"))
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
