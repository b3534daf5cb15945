package retort.kafka;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import retort.settings.Secrets;
import retort.settings.SettingException;

/**
 * Everything under {@code kafka}. A property is given to every client under Kafka's own name; a property under {@code producer},
 * {@code consumer} or {@code admin} is given to that kind of client alone, over a common one. Immutable; any thread.
 *
 * @param properties client properties, those of one kind of client behind its name; never logged, as they may hold secrets
 */
public record KafkaSettings(Map<String, String> properties) {
    /** The kinds of client, by the names of their settings. */
    private static final List<String> KINDS = List.of("producer.", "consumer.", "admin.");

    public KafkaSettings {
        properties = Map.copyOf(properties);
    }

    public static KafkaSettings of(String bootstrapServers) {
        return new KafkaSettings(Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
    }

    /** @throws SettingException for an address that is missing, and for a property that would break the contract */
    public static KafkaSettings from(Config whole) {
        final Secrets secrets = Secrets.of(whole);
        final Map<String, String> properties = whole.getConfig("kafka").entrySet().stream().collect(Collectors.toMap(
                entry -> String.join(".", ConfigUtil.splitPath(entry.getKey())),
                entry -> secrets.value("kafka." + entry.getKey(), String.valueOf(entry.getValue().unwrapped())),
                KafkaSettings::twice, TreeMap::new));
        if (properties.getOrDefault(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, "").isBlank())
            throw new SettingException("setting kafka.bootstrap.servers is empty: give host:port of the broker");
        properties.forEach((key, value) -> ReservedKeys.check("kafka." + key, withoutKind(key), value));
        for (final String kind : KINDS)
            if (properties.containsKey(kind + CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG))
                throw new SettingException("setting kafka." + kind + "bootstrap.servers cannot be set: all clients talk to one"
                        + " cluster, which kafka.bootstrap.servers names");
        return new KafkaSettings(properties);
    }

    /** A key in two spellings, nested and quoted as a whole, which {@link retort.settings.Settings#over} makes one of. */
    private static String twice(String one, String other) {
        throw new SettingException("a setting under kafka is given twice, as " + one + " and as " + other
                + ": give one of them");
    }

    private static String withoutKind(String key) {
        return KINDS.stream().filter(key::startsWith).findFirst().map(kind -> key.substring(kind.length())).orElse(key);
    }

    public String bootstrapServers() {
        return properties.getOrDefault(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, "");
    }

    /** A mutable copy of the properties that every client gets, with {@code own} over them. */
    public Map<String, Object> with(Map<String, ?> own) {
        return with("", own);
    }

    /** Properties of a producer: the common ones, then the user's for producers, then {@code own}. */
    Map<String, Object> producer(Map<String, ?> own) {
        return with("producer.", own);
    }

    /** Properties of a consumer, as {@link #producer}. */
    Map<String, Object> consumer(Map<String, ?> own) {
        return with("consumer.", own);
    }

    /** Properties of an admin client, as {@link #producer}. */
    Map<String, Object> admin(Map<String, ?> own) {
        return with("admin.", own);
    }

    private Map<String, Object> with(String kind, Map<String, ?> own) {
        final Map<String, Object> all = new HashMap<>();
        properties.forEach((key, value) -> {
            if (withoutKind(key).equals(key))
                all.put(key, value);
        });
        if (!kind.isEmpty())
            properties.forEach((key, value) -> {
                if (key.startsWith(kind))
                    all.put(key.substring(kind.length()), value);
            });
        all.putAll(own);
        return all;
    }

    /** Names the broker and the keys, not the values. */
    @Override
    public String toString() {
        return "KafkaSettings[" + bootstrapServers() + ", " + new TreeMap<>(properties).keySet() + "]";
    }
}
