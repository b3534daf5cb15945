package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;
import retort.settings.SettingException;
import retort.settings.Settings;

class KafkaSettingsTest {
    @Test
    void aKeyUnderAKindOfClientIsGivenToThatKindAlone() {
        final KafkaSettings kafka = from("kafka.request.timeout.ms=9000", "kafka.producer.request.timeout.ms=1000",
                "kafka.consumer.fetch.max.wait.ms=10", "kafka.admin.retries=3");
        assertThat(kafka.producer(Map.of())).containsEntry("request.timeout.ms", "1000").doesNotContainKeys("fetch.max.wait.ms",
                "retries", "producer.request.timeout.ms");
        assertThat(kafka.consumer(Map.of())).containsEntry("request.timeout.ms", "9000").containsEntry("fetch.max.wait.ms", "10");
        assertThat(kafka.admin(Map.of())).containsEntry("retries", "3").containsEntry("request.timeout.ms", "9000");
        assertThat(kafka.with(Map.of())).as("with Retort's defaults").containsOnlyKeys("bootstrap.servers", "request.timeout.ms",
                "socket.connection.setup.timeout.ms", "socket.connection.setup.timeout.max.ms");
        assertThat(kafka.producer(Map.of("request.timeout.ms", 5))).as("Retort's own stands over the user's")
                .containsEntry("request.timeout.ms", 5);
    }

    @Test
    void keysThatWouldBreakTheContractAreRefusedByName() {
        for (final String given : List.of("transactional.id=x", "producer.transactional.id=x", "enable.idempotence=false",
                "producer.acks=1", "acks=0", "group.id=g", "consumer.group.id=g", "client.id=c",
                "consumer.isolation.level=read_uncommitted",
                "auto.offset.reset=latest", "consumer.enable.auto.commit=true", "consumer.allow.auto.create.topics=true",
                "key.serializer=org.example.Own", "transaction.timeout.ms=900000"))
            assertThatThrownBy(() -> from("kafka." + given)).as(given).isInstanceOf(SettingException.class)
                    .hasMessageContaining("setting kafka." + given.substring(0, given.indexOf('=')) + " = ")
                    .hasMessageContaining("because").hasMessageContaining("remove it");
        assertThatThrownBy(() -> from("kafka.producer.bootstrap.servers=b:1")).isInstanceOf(SettingException.class)
                .hasMessageContaining("kafka.producer.bootstrap.servers");
    }

    @Test
    void theContractsOwnValuesMayBeGiven() {
        assertThat(from("kafka.acks=all", "kafka.producer.acks=-1", "kafka.enable.idempotence=true",
                "kafka.isolation.level=read_committed", "kafka.auto.offset.reset=none").properties()).hasSize(6);
    }

    @Test
    void reservedKeysAreKafkasOwn() {
        for (final String key : ReservedKeys.all())
            assertThat(ProducerConfig.configNames().contains(key)
                    || org.apache.kafka.clients.consumer.ConsumerConfig.configNames().contains(key)).as(key).isTrue();
    }

    private static KafkaSettings from(String... given) {
        return KafkaSettings.from(Settings.load(Optional.empty(), List.of(given)));
    }
}
