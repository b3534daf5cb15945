package retort.kafka;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import retort.settings.SettingException;

/** Client properties that a user may not set, because a value other than Retort's breaks the contract. Any thread may call it. */
final class ReservedKeys {
    /** The values that a key may have (none, or only Retort's own), and the reason. */
    private record Reserved(List<String> allowed, String why) {
    }

    private static final Map<String, Reserved> KEYS = new TreeMap<>();

    static {
        final String ids = "Retort gives every client its own, which begins with topics.prefix";
        reserve(CommonClientConfigs.CLIENT_ID_CONFIG, ids);
        reserve(ProducerConfig.TRANSACTIONAL_ID_CONFIG, ids);
        final String position = "readers keep their positions themselves and join no group";
        reserve(ConsumerConfig.GROUP_ID_CONFIG, position);
        reserve(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, position);
        reserve(ConsumerConfig.GROUP_PROTOCOL_CONFIG, position);
        reserve(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, position, "false");
        reserve(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "a position that is lost must stop the reader", "none");
        reserve(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "records of aborted transactions must not be read", "read_committed");
        reserve(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "topics are created with the settings of the contract", "false");
        final String once = "every record must arrive exactly once and in order";
        reserve(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, once, "true");
        reserve(ProducerConfig.ACKS_CONFIG, once, "all", "-1");
        reserve(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, once);
        reserve(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, "a dead owner's transaction must be decided within seconds", "10000");
        reserve(ProducerConfig.TRANSACTION_TWO_PHASE_COMMIT_ENABLE_CONFIG,
                "a dead owner's transaction must be decided within seconds", "false");
        final String bytes = "records are read and written as bytes";
        reserve(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, bytes, "org.apache.kafka.common.serialization.ByteArraySerializer");
        reserve(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, bytes,
                "org.apache.kafka.common.serialization.ByteArraySerializer");
        reserve(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, bytes,
                "org.apache.kafka.common.serialization.ByteArrayDeserializer");
        reserve(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, bytes,
                "org.apache.kafka.common.serialization.ByteArrayDeserializer");
        reserve(ConsumerConfig.CHECK_CRCS_CONFIG, "a corrupt record must not be read", "true");
    }

    private ReservedKeys() {
    }

    private static void reserve(String key, String why, String... allowed) {
        KEYS.put(key, new Reserved(List.of(allowed), why));
    }

    /**
     * Refuses a reserved property.
     *
     * @param setting the key that the user has written, for the message
     * @param property the client property that the setting sets
     * @throws SettingException if {@code value} is not one of the allowed values
     */
    static void check(String setting, String property, String value) {
        final Reserved reserved = KEYS.get(property);
        if (reserved != null && reserved.allowed().stream().noneMatch(value::equalsIgnoreCase))
            throw new SettingException("setting " + setting + " = " + value + " cannot be set, because " + reserved.why()
                    + ": remove it" + (reserved.allowed().isEmpty() ? "" : ", or give " + reserved.allowed().getFirst()));
    }

    static Iterable<String> all() {
        return KEYS.keySet();
    }
}
