package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

/** Topics that other programs have created before Retort starts. Required values are read back from the broker. */
class TopicCheckTest {
    private final Broker broker = TestStream.broker();
    private final Topics topics = broker.topics();

    @Test
    void anEventTopicThatWouldLosePositionsIsCorrected() {
        make(topics.positions().name(), 1, Map.of("cleanup.policy", "delete", "retention.ms", "60000"));
        make(topics.checkpoints().name(), 1, Map.of("cleanup.policy", "compact,delete"));
        make(topics.progress().name(), 1, Map.of("retention.ms", "1000", "max.message.bytes", "2000"));
        make(topics.rejected().name(), 1, Map.of("cleanup.policy", "compact"));
        broker.ensureEventTopics();
        assertThat(setting(topics.positions().name(), "cleanup.policy")).isEqualTo("compact");
        assertThat(setting(topics.checkpoints().name(), "cleanup.policy")).isEqualTo("compact");
        assertThat(setting(topics.progress().name(), "retention.ms")).isEqualTo("604800000");
        assertThat(setting(topics.progress().name(), "max.message.bytes")).isEqualTo("1048588");
        assertThat(setting(topics.rejected().name(), "cleanup.policy")).isEqualTo("delete");
    }

    @Test
    void anImageTopicThatWouldLoseBatchesIsCorrected() {
        make(topics.images("train"), 2, Map.of("cleanup.policy", "compact", "retention.ms", "1000", "max.message.bytes", "1000",
                "compression.type", "gzip", "segment.bytes", "1000000000"));
        broker.ensureImages("train", 2, 64L << 20, 4 << 20);
        final String topic = topics.images("train");
        assertThat(setting(topic, "cleanup.policy")).isEqualTo("delete");
        assertThat(setting(topic, "retention.ms")).isEqualTo("-1");
        assertThat(Long.parseLong(setting(topic, "max.message.bytes"))).isGreaterThan(4 << 20);
        assertThat(setting(topic, "compression.type")).isEqualTo("uncompressed");
        assertThat(setting(topic, "segment.bytes")).isEqualTo(Long.toString(8L << 20));
    }

    @Test
    void whatIsMoreGenerousThanTheContractStays() {
        make(topics.images("val"), 1,
                Map.of("retention.ms", "-1", "max.message.bytes", "90000000", "compression.type", "producer",
                        "min.insync.replicas", "1"));
        make(topics.progress().name(), 1, Map.of("retention.ms", "-1"));
        broker.ensureImages("val", 1, 8L << 20, 1 << 20);
        broker.ensureEventTopics();
        assertThat(setting(topics.images("val"), "max.message.bytes")).isEqualTo("90000000");
        assertThat(setting(topics.images("val"), "compression.type")).isEqualTo("producer");
        assertThat(setting(topics.images("val"), "retention.bytes")).isEqualTo("-1");
        assertThat(setting(topics.progress().name(), "retention.ms")).isEqualTo("-1");
    }

    @Test
    void moreReplicasInSyncThanThereAreIsRefusedWithTheCommandThatMendsIt() {
        make(topics.images("train"), 1, Map.of("min.insync.replicas", "2"));
        assertThatThrownBy(() -> broker.ensureImages("train", 1, -1, 1 << 20)).isInstanceOf(TopicSettingException.class)
                .hasMessageContaining(topics.images("train")).hasMessageContaining("min.insync.replicas = 2")
                .hasMessageContaining("kafka-configs.sh --bootstrap-server " + broker.kafka().bootstrapServers()
                        + " --alter --entity-type topics --entity-name " + topics.images("train")
                        + " --add-config min.insync.replicas=1");
        make(topics.streams().name(), 1, Map.of("min.insync.replicas", "3"));
        assertThatThrownBy(broker::ensureEventTopics).isInstanceOf(TopicSettingException.class)
                .hasMessageContaining(topics.streams().name() + " has min.insync.replicas = 3");
    }

    @Test
    void anEventTopicOfSeveralPartitionsIsUsedAsOneSoThatTheLatestOfAKeyStaysTheLatest() {
        make(topics.streams().name(), 3, Map.of());
        broker.ensureEventTopics();
        try (RecordSink sink = broker.sink("streams", 1 << 20)) {
            for (int partitions = 1; partitions <= 8; partitions++)
                for (final String name : java.util.List.of("train", "val", "probe"))
                    sink.send(topics.streams(), TestStream.stream(name, partitions)).block(TestStream.TIMEOUT);
        }
        assertThat(broker.table(topics.streams()).values()).hasSize(3)
                .allSatisfy(stream -> assertThat(stream.getPartitions()).isEqualTo(8));
        assertThat(broker.find(topics.streams().name()).orElseThrow().partitions()).isEqualTo(3);
    }

    private void make(String topic, int partitions, Map<String, String> settings) {
        broker.ask(admin -> Broker.await(admin.createTopics(java.util.List.of(
                new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(settings))).all()));
    }

    private String setting(String topic, String key) {
        final ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return broker.ask(admin -> Broker.await(admin.describeConfigs(java.util.List.of(resource)).all())).get(resource).get(key)
                .value();
    }
}
