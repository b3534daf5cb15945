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
 * The resolved settings that shape a result, by the user's own keys, sorted. Runs, streams and evaluations are compared and persisted
 * by this, and never by the text form of a class, so that no rename in the code changes what an existing run or stream is.
 * <p>
 * A value has one spelling whatever the file said: a number without needless zeros ({@code 1.5e-4} is {@code 0.00015}), a list as
 * {@code [a, b]}, null as the empty text. A text whose default is a number or a truth value is read as one.
 *
 * @param settings key to value, in the order of the keys
 */
public record Identity(SortedMap<String, String> settings) {
    /** A number with more zeros before or after its digits keeps its exponent. */
    private static final int MOST_ZEROS = 40;

    public Identity {
        settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    }

    /** An identity that was persisted. */
    public static Identity of(Map<String, String> settings) {
        return new Identity(new TreeMap<>(settings));
    }

    /**
     * Everything in {@code resolved} except what {@code without} names.
     *
     * @param resolved settings with their defaults
     * @param defaults the same keys as reference.conf has them; may lack some
     * @param without keys that do not shape the result; a key of an object leaves out all of it
     */
    static Identity of(Config resolved, Config defaults, Set<String> without) {
        final SortedMap<String, String> settings = new TreeMap<>();
        flatten(resolved, "", (key, value) -> {
            if (!isBelow(key, without))
                settings.put(key, text(value, typeIn(defaults, key)));
        });
        return new Identity(settings);
    }

    /** With one more key, such as the digest of a file that a setting names. */
    public Identity with(String key, String value) {
        final SortedMap<String, String> all = new TreeMap<>(settings);
        all.put(key, value);
        return new Identity(all);
    }

    /** With all keys of {@code other}, each under {@code prefix}. */
    public Identity with(String prefix, Identity other) {
        final SortedMap<String, String> all = new TreeMap<>(settings);
        other.settings.forEach((key, value) -> all.put(prefix + key, value));
        return new Identity(all);
    }

    /** Without some keys. */
    public Identity without(Collection<String> keys) {
        final SortedMap<String, String> rest = new TreeMap<>(settings);
        rest.keySet().removeIf(key -> isBelow(key, keys));
        return new Identity(rest);
    }

    /** SHA-256 of keys and values, lower-case hex: equal for equal settings alone. */
    public String hash() {
        final StringBuilder text = new StringBuilder();
        settings.forEach((key, value) -> text.append(key.length()).append(':').append(key).append(value.length()).append(':')
                .append(value));
        return Sha256.of(text.toString());
    }

    /** Keys whose values differ, or that one of the two lacks; in order. */
    public List<String> differingKeys(Identity other) {
        final TreeSet<String> keys = new TreeSet<>(settings.keySet());
        keys.addAll(other.settings.keySet());
        keys.removeIf(key -> shown(key).equals(other.shown(key)));
        return List.copyOf(keys);
    }

    /**
     * The differences as a sentence's part: {@code batch was 64 and is 32; optimizer.lr was 0.001 and is not set}. Empty where there
     * are none.
     *
     * @param now what this, the earlier identity, is compared with
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

    /** Receives one leaf. */
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

    /** The text itself where it is no number. */
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

    /** As HOCON reads a truth value. */
    private static String truth(String text) {
        return switch (text) {
            case "yes", "on" -> "true";
            case "no", "off" -> "false";
            default -> text;
        };
    }
}
