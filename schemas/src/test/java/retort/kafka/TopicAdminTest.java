package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

class TopicAdminTest {
    private final Broker broker = TestStream.broker();
    private final Topics topics = broker.topics();

    @Test
    void tablesAreCompactedAndSignsOfLifeKeptByTime() {
        broker.ensureEventTopics();
        broker.ensureEventTopics();
        for (final String table : Stream.of(topics.streams(), topics.positions(), topics.checkpoints(), topics.evaluations(),
                topics.pictures(), topics.promotions()).map(Topic::name).toList())
            assertThat(setting(table, "cleanup.policy")).as(table).isEqualTo("compact");
        for (final String log : List.of(topics.progress().name(), topics.rejected().name())) {
            assertThat(setting(log, "cleanup.policy")).as(log).isEqualTo("delete");
            assertThat(Long.parseLong(setting(log, "retention.ms"))).as(log).isPositive();
        }
    }

    @Test
    void everyLimitOfAnImageTopicFollowsFromTheRecordAndTheRetention() {
        broker.ensureImages("train", 2, 64L << 20, 4 << 20);
        final String topic = topics.images("train");
        assertThat(setting(topic, "retention.bytes")).isEqualTo(Long.toString(32L << 20));
        assertThat(setting(topic, "retention.ms")).isEqualTo("-1");
        assertThat(setting(topic, "segment.bytes")).as("a quarter of the partition's").isEqualTo(Long.toString(8L << 20));
        assertThat(Long.parseLong(setting(topic, "max.message.bytes"))).isGreaterThan(4 << 20);
        assertThat(setting(topic, "compression.type")).isEqualTo("uncompressed");
    }

    @Test
    void aTopicThatIsThereIsRaisedAndNeverLowered() {
        final String topic = topics.images("train");
        broker.ensureImages("train", 1, 8L << 20, 1 << 20);
        broker.ensureImages("train", 1, 16L << 20, 2 << 20);
        final String message = setting(topic, "max.message.bytes");
        assertThat(setting(topic, "retention.bytes")).isEqualTo(Long.toString(16L << 20));
        assertThat(Long.parseLong(message)).isGreaterThan(2 << 20);
        broker.ensureImages("train", 1, 8L << 20, 1 << 20);
        assertThat(setting(topic, "retention.bytes")).isEqualTo(Long.toString(16L << 20));
        assertThat(setting(topic, "max.message.bytes")).isEqualTo(message);
        broker.ensureImages("train", 1, -1, 1 << 20);
        assertThat(setting(topic, "retention.bytes")).isEqualTo("-1");
    }

    @Test
    void otherPartitionsThanSetAreNamed() {
        broker.ensureImages("train", 2, -1, 1 << 20);
        assertThatThrownBy(() -> broker.ensureImages("train", 3, -1, 1 << 20))
                .isInstanceOf(TopicSettingException.class).hasMessageContaining(topics.images("train"))
                .hasMessageContaining("has 2 partitions where 3 are needed");
    }

    @Test
    void aBrokerThatIsNotThereIsNamed() {
        for (final String nobody : List.of("127.0.0.1:1", "no-such-host.invalid:9092"))
            assertThatThrownBy(() -> Broker.at(nobody, "").withTimeout(Duration.ofSeconds(1)).ensureEventTopics())
                    .isInstanceOf(BrokerUnreachableException.class).hasMessageContaining(nobody);
    }

    private String setting(String topic, String key) {
        final ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = Admin.create(broker.kafka().with(Map.of()))) {
            final Config config = admin.describeConfigs(List.of(resource)).all().toCompletionStage().toCompletableFuture().join()
                    .get(resource);
            return config.get(key).value();
        }
    }
}
