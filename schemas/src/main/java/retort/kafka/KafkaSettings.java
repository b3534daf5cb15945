package retort.kafka;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import retort.settings.Secrets;
import retort.settings.SettingException;

/**
 * Everything under {@code kafka}. Every client gets a property under Kafka's own name. A property under {@code producer},
 * {@code consumer} or {@code admin} is only for that kind of client and overrides the common one. Immutable, so any thread may use it.
 *
 * @param properties client properties; a key for one kind of client begins with that kind; never logged, because values may be secrets
 */
public record KafkaSettings(Map<String, String> properties) {
    /** The kinds of client, by the names of their settings. */
    private static final int SYSTEMS_CHOICE = -1;
    private static final List<String> KINDS = List.of("producer.", "consumer.", "admin.");
    /**
     * A machine that has vanished refuses no connection. Kafka's own limit for a connection doubles from 10 s to 30 s, and a producer's thread
     * waits for it, long after other brokers have taken over. A network answers within milliseconds, however busy a broker is.
     */
    private static final Map<String, String> SOON = Map.of(
            CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, "1000",
            CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, "2000");

    public KafkaSettings {
        properties = Map.copyOf(properties);
    }

    public static KafkaSettings of(String bootstrapServers) {
        return new KafkaSettings(Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
    }

    /** @throws SettingException if the address is missing, or if a property would break the contract */
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

    /** Refuses a key in two spellings, nested and quoted. {@link retort.settings.Settings#over} unites the two. */
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

    /** A mutable copy of the properties that every client gets, with {@code own} over them. What they do not say has Retort's default. */
    public Map<String, Object> with(Map<String, ?> own) {
        return with("", own);
    }

    /** Properties of a producer: the common ones, overridden by the user's producer properties, overridden by {@code own}. */
    Map<String, Object> producer(Map<String, ?> own) {
        return with("producer.", own);
    }

    /**
     * Properties of a consumer, in the same order as {@link #producer}. Unless the user sets it, the operating system chooses the size of the
     * receive buffer, because a fetch of some MiB costs a fifth more processor time with Kafka's default of 64 KiB.
     */
    Map<String, Object> consumer(Map<String, ?> own) {
        final Map<String, Object> all = new HashMap<>(Map.of(ConsumerConfig.RECEIVE_BUFFER_CONFIG, SYSTEMS_CHOICE));
        all.putAll(with("consumer.", own));
        return all;
    }

    /** Properties of an admin client, in the same order as {@link #producer}. */
    Map<String, Object> admin(Map<String, ?> own) {
        return with("admin.", own);
    }

    private Map<String, Object> with(String kind, Map<String, ?> own) {
        final Map<String, Object> all = new HashMap<>(SOON);
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

    /** The address of the broker and the keys, without the values, because values may be secrets. */
    @Override
    public String toString() {
        return "KafkaSettings[" + bootstrapServers() + ", " + new TreeMap<>(properties).keySet() + "]";
    }
}
