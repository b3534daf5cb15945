package retort.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import retort.digest.Sha256;

/**
 * The resolved settings that shape a result, by the user's own keys, sorted. Runs, streams and evaluations are compared and persisted by
 * their identity and never by the text form of a class, so that renaming a class does not change an existing run or stream.
 * <p>
 * A value has one spelling, no matter how the file spells it: a number has no needless zeros ({@code 1.5e-4} is {@code 0.00015}), a list
 * is {@code [a, b]}, and null is the empty text. If the default of a key is a number or a boolean, a text for it is read as one.
 *
 * @param settings values by key, in the order of the keys
 */
public record Identity(SortedMap<String, String> settings) {
    /** A number with more zeros than this before or after its digits keeps its exponent. */
    private static final int MOST_ZEROS = 40;

    public Identity {
        settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    }

    /** Restores an identity that was persisted. */
    public static Identity of(Map<String, String> settings) {
        return new Identity(new TreeMap<>(settings));
    }

    /**
     * Takes everything in {@code resolved} except the keys of {@code without}.
     *
     * @param resolved settings with their defaults
     * @param defaults the same keys with their values in reference.conf; keys may be missing
     * @param without keys that do not shape the result; the key of an object leaves out the whole object
     */
    static Identity of(Config resolved, Config defaults, Set<String> without) {
        final SortedMap<String, String> settings = new TreeMap<>();
        flatten(resolved, "", (key, value) -> {
            if (!isBelow(key, without))
                settings.put(key, text(value, typeIn(defaults, key)));
        });
        return new Identity(settings);
    }

    /** A copy with one more key, such as the digest of a file that a setting names. */
    public Identity with(String key, String value) {
        final SortedMap<String, String> all = new TreeMap<>(settings);
        all.put(key, value);
        return new Identity(all);
    }

    /** A copy with all keys of {@code other}, each under {@code prefix}. */
    public Identity with(String prefix, Identity other) {
        final SortedMap<String, String> all = new TreeMap<>(settings);
        other.settings.forEach((key, value) -> all.put(prefix + key, value));
        return new Identity(all);
    }

    /** A copy without {@code keys}. */
    public Identity without(Collection<String> keys) {
        final SortedMap<String, String> rest = new TreeMap<>(settings);
        rest.keySet().removeIf(key -> isBelow(key, keys));
        return new Identity(rest);
    }

    /** SHA-256 of keys and values as lower-case hexadecimal digits. Only equal settings have equal hashes. */
    public String hash() {
        final StringBuilder text = new StringBuilder();
        settings.forEach((key, value) -> text.append(key.length()).append(':').append(key).append(value.length()).append(':')
                .append(value));
        return Sha256.of(text.toString());
    }

    /** The keys whose values differ, and the keys that only one of the two has, in order. */
    public List<String> differingKeys(Identity other) {
        final TreeSet<String> keys = new TreeSet<>(settings.keySet());
        keys.addAll(other.settings.keySet());
        keys.removeIf(key -> shown(key).equals(other.shown(key)));
        return List.copyOf(keys);
    }

    /**
     * The differences as part of a sentence: {@code batch was 64 and is 32; optimizer.lr was 0.001 and is not set}. It may be empty.
     *
     * @param now the later identity, which this earlier one is compared with
     */
    public String differences(Identity now) {
        return differingKeys(now).stream().map(key -> key + " was " + shown(key) + " and is " + now.shown(key))
                .collect(Collectors.joining("; "));
    }

    private String shown(String key) {
        final String value = settings.get(key);
        if (value == null)
            return "not set";
        return value.isEmpty() ? "\"\"" : value;
    }

    private static boolean isBelow(String key, Collection<String> roots) {
        return roots.stream().anyMatch(root -> key.equals(root) || key.startsWith(root + "."));
    }

    private static @Nullable ConfigValueType typeIn(Config defaults, String key) {
        return defaults.hasPath(key) ? defaults.getValue(key).valueType() : null;
    }

    /** Receives one setting that is no object. */
    @FunctionalInterface
    private interface Leaf {
        void accept(String key, Object value);
    }

    private static void flatten(Config config, String prefix, Leaf leaf) {
        for (final Map.Entry<String, ConfigValue> entry : config.root().entrySet()) {
            final String key = prefix + ConfigUtil.joinPath(entry.getKey());
            final ConfigValue value = entry.getValue();
            if (value instanceof ConfigObject object && !object.isEmpty())
                flatten(object.toConfig(), key + ".", leaf);
            else
                leaf.accept(key, value.valueType() == ConfigValueType.NULL ? "" : value.unwrapped());
        }
    }

    private static String text(Object value, @Nullable ConfigValueType wanted) {
        return switch (value) {
            case Number number -> canonical(number.toString());
            case List<?> list -> list.stream().map(each -> text(each == null ? "" : each, null))
                    .collect(Collectors.joining(", ", "[", "]"));
            case Map<?, ?> map -> new TreeMap<>(map).entrySet().stream()
                    .map(entry -> entry.getKey() + " = " + text(entry.getValue() == null ? "" : entry.getValue(), null))
                    .collect(Collectors.joining(", ", "{", "}"));
            case String text when wanted == ConfigValueType.NUMBER -> canonical(text);
            case String text when wanted == ConfigValueType.BOOLEAN -> truth(text);
            default -> value.toString();
        };
    }

    /** The number in its one spelling, or the text itself if it is no number. */
    private static String canonical(String number) {
        try {
            final BigDecimal value = new BigDecimal(number.strip());
            if (value.signum() == 0)
                return "0";
            final BigDecimal shortest = value.stripTrailingZeros();
            return Math.abs((long) shortest.scale()) > MOST_ZEROS ? shortest.toString() : shortest.toPlainString();
        } catch (NumberFormatException e) {
            return number;
        }
    }

    /** The boolean that HOCON reads from {@code text}, or the text itself. */
    private static String truth(String text) {
        return switch (text) {
            case "yes", "on" -> "true";
            case "no", "off" -> "false";
            default -> text;
        };
    }
}
