package retort.kafka;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import retort.settings.Secrets;
import retort.settings.SettingException;

/**
 * Everything under {@code kafka}: passed on to every client as it is.
 *
 * @param properties client properties by Kafka's own names; never logged, as they may hold secrets
 */
public record KafkaSettings(Map<String, String> properties) {
    public KafkaSettings {
        properties = Map.copyOf(properties);
    }

    public static KafkaSettings of(String bootstrapServers) {
        return new KafkaSettings(Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
    }

    public static KafkaSettings from(Config whole) {
        final Secrets secrets = Secrets.of(whole);
        final Map<String, String> properties = whole.getConfig("kafka").entrySet().stream().collect(Collectors.toMap(
                entry -> String.join(".", ConfigUtil.splitPath(entry.getKey())),
                entry -> secrets.value("kafka." + entry.getKey(), String.valueOf(entry.getValue().unwrapped())),
                KafkaSettings::twice, TreeMap::new));
        if (properties.getOrDefault(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, "").isBlank())
            throw new SettingException("setting kafka.bootstrap.servers is empty: give host:port of the broker");
        return new KafkaSettings(properties);
    }

    /** A key in two spellings, nested and quoted as a whole, which {@link retort.settings.Settings#over} makes one of. */
    private static String twice(String one, String other) {
        throw new SettingException("a setting under kafka is given twice, as " + one + " and as " + other
                + ": give one of them");
    }

    public String bootstrapServers() {
        return properties.getOrDefault(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, "");
    }

    /** A mutable copy for one client, with {@code own} over the user's. */
    public Map<String, Object> with(Map<String, ?> own) {
        final Map<String, Object> all = new HashMap<>(properties);
        all.putAll(own);
        return all;
    }

    /** Names the broker and the keys, not the values. */
    @Override
    public String toString() {
        return "KafkaSettings[" + bootstrapServers() + ", " + new TreeMap<>(properties).keySet() + "]";
    }
}
