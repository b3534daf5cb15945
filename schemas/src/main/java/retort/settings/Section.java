package retort.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueType;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Typed reads from one part of the settings. Error messages name the whole key. A module uses it only while it builds its settings
 * records, never afterwards.
 */
public final class Section {
    private final Config config;
    private final String path;

    public Section(Config config, String path) {
        this.path = path;
        this.config = config;
    }

    /** The part under {@code path} of a whole configuration. */
    public static Section of(Config whole, String path) {
        return new Section(whole.getConfig(path), path);
    }

    public Section section(String key) {
        return read(key, () -> new Section(config.getConfig(key), name(key)));
    }

    /** The objects of a list. Error messages name each as {@code key[i]}. */
    public List<Section> sections(String key) {
        return read(key, () -> {
            final List<? extends Config> parts = config.getConfigList(key);
            return java.util.stream.IntStream.range(0, parts.size())
                    .mapToObj(i -> new Section(parts.get(i), name(key) + "[" + i + "]")).toList();
        });
    }

    /** The keys of this section, in no order. */
    public Set<String> keys() {
        return Set.copyOf(config.root().keySet());
    }

    /** The content of this section, for keys that another reader checks. */
    public Config content() {
        return config;
    }

    public boolean has(String key) {
        return config.hasPath(key);
    }

    /** @return true if {@code key} holds an object; for keys that take a name or an object */
    public boolean isSection(String key) {
        return has(key) && config.getValue(key).valueType() == ConfigValueType.OBJECT;
    }

    /** A copy of this section in which missing keys are taken from {@code defaults}. */
    public Section withFallback(Section defaults) {
        return new Section(config.withFallback(defaults.config), path);
    }

    /**
     * The identity of this section. Its keys do not begin with the section's own name.
     *
     * @param defaults the same section of the defaults, for the types of the values
     * @param without keys of this section that do not shape the result; the key of an object leaves out the whole object
     */
    public Identity identity(Section defaults, Set<String> without) {
        return Identity.of(config, defaults.config, without);
    }

    /** A copy of this section with only the keys in {@code kept}. */
    public Section keeping(Set<String> kept) {
        Config all = config;
        for (final String key : config.root().keySet())
            if (!kept.contains(key))
                all = all.withoutPath(ConfigUtil.joinPath(key));
        return new Section(all, path);
    }

    /** Refuses a key outside {@code known}. For objects in lists, because reference.conf cannot check their keys. */
    public Section only(Set<String> known) {
        config.root().keySet().stream().filter(key -> !known.contains(key)).findFirst().ifPresent(key -> {
            throw new SettingException("unknown setting " + name(key) + ": known here are " + new TreeSet<>(known));
        });
        return this;
    }

    public String string(String key) {
        return read(key, () -> config.getString(key));
    }

    /** The text of {@code key}. Empty if the key is absent, null or "". */
    public Optional<String> optionalString(String key) {
        return config.hasPath(key) ? Optional.of(string(key)).filter(text -> !text.isEmpty()) : Optional.empty();
    }

    public List<String> strings(String key) {
        return read(key, () -> config.getStringList(key));
    }

    public boolean bool(String key) {
        return read(key, () -> config.getBoolean(key));
    }

    public int integer(String key, int min, int max) {
        return Math.toIntExact(number(key, min, max));
    }

    public long number(String key, long min, long max) {
        final long value = whole(key, read(key, () -> config.getNumber(key)));
        if (value < min || value > max)
            throw new SettingException(name(key), value, "must be " + min + " to " + max);
        return value;
    }

    public double real(String key, double min, double max) {
        final double value = read(key, () -> config.getDouble(key));
        if (!(value >= min && value <= max))
            throw new SettingException(name(key), value, "must be " + min + " to " + max);
        return value;
    }

    public List<Double> reals(String key) {
        return read(key, () -> config.getDoubleList(key));
    }

    public List<Long> longs(String key) {
        return read(key, () -> config.getNumberList(key)).stream().map(each -> whole(key, each)).toList();
    }

    public List<Integer> integers(String key) {
        longs(key);
        return read(key, () -> config.getIntList(key));
    }

    /** HOCON reads 1.5 as the whole number 1, so a fraction is refused here. */
    private long whole(String key, Number found) {
        if (found.doubleValue() != Math.rint(found.doubleValue()))
            throw new SettingException(name(key), found, "must be a whole number");
        return found.longValue();
    }

    /** A number of bytes, with HOCON's units, such as {@code 16MiB}. */
    public long bytes(String key, long min, long max) {
        final long value = read(key, () -> config.getBytes(key));
        if (value < min || value > max)
            throw new SettingException(name(key), value + " bytes", "must be " + min + " to " + max + " bytes");
        return value;
    }

    /** A duration with HOCON's units, such as {@code 10s}. */
    public Duration duration(String key, Duration min, Duration max) {
        final Duration value = read(key, () -> config.getDuration(key));
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0)
            throw new SettingException(name(key), value, "must be " + min + " to " + max);
        return value;
    }

    /** The text of {@code key}, which must be one of {@code allowed}. */
    public String oneOf(String key, Set<String> allowed) {
        final String value = string(key);
        if (!allowed.contains(value))
            throw new SettingException(name(key), value, "must be one of " + new TreeSet<>(allowed));
        return value;
    }

    /** The element of {@code values} whose text form is the text of {@code key}. */
    public <E> E oneOf(String key, E[] values) {
        final SortedMap<String, E> byName = new TreeMap<>();
        for (final E value : values)
            byName.put(value.toString(), value);
        return Objects.requireNonNull(byName.get(oneOf(key, byName.keySet())));
    }

    /** An exception about {@code key} of this section. */
    public SettingException error(String key, Object found, String allowed) {
        return new SettingException(name(key), found, allowed);
    }

    public String name(String key) {
        return path + "." + key;
    }

    private <T> T read(String key, java.util.function.Supplier<T> read) {
        try {
            return read.get();
        } catch (ConfigException.Missing e) {
            throw new SettingException("setting " + name(key) + " is missing: give it a value");
        } catch (ConfigException e) {
            final Object found = config.hasPath(key)
                    ? config.getValue(ConfigUtil.joinPath(ConfigUtil.splitPath(key))).unwrapped()
                    : "absent";
            throw new SettingException(name(key), found, reason(e));
        }
    }

    private static String reason(ConfigException e) {
        // HOCON's message begins with the origin of the value: a file or "String" (for --set), and a line.
        return String.valueOf(e.getMessage()).replaceFirst("^.*?: (\\d+: )?", "").strip();
    }
}
