package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.broker.EmbeddedBroker;

/** Clusters whose own limits do not let Retort work, which are named at the start. */
class BrokerLimitsTest {
    private static final Duration SHORT = Duration.ofSeconds(5);

    @TempDir
    Path directory;

    @Test
    void moreReplicasThanBrokersAreNamedWithTheCommandThatCreatesTheTopic() {
        try (EmbeddedBroker server = EmbeddedBroker.start(directory, 0, Map.of("default.replication.factor", "3"))) {
            refused(server, broker -> broker.ensureEventTopics(),
                    "topic r.streams cannot be created at " + server.bootstrapServers(),
                    "default.replication.factor", "kafka-topics.sh --bootstrap-server " + server.bootstrapServers()
                            + " --create --topic r.streams --partitions 1 --replication-factor N --config cleanup.policy=compact");
        }
    }

    @Test
    void aBrokerThatStartsLaterIsWaitedForByTheFirstThatAsksForATopic() throws Exception {
        try (EmbeddedBroker server = EmbeddedBroker.start(directory.resolve("first"), 0,
                Map.of("default.replication.factor", "2"))) {
            final CompletableFuture<Void> made = CompletableFuture
                    .runAsync(() -> Broker.at(server.bootstrapServers(), "r.").ensureEventTopics());
            try (EmbeddedBroker _ = EmbeddedBroker.startBeside(server, directory.resolve("second"), 2)) {
                assertThatCode(made::get).doesNotThrowAnyException();
                final Broker broker = Broker.at(server.bootstrapServers(), "r.");
                assertThat(broker.ask(admin -> Broker.await(admin.describeTopics(List.of("r.streams")).allTopicNames()))
                        .get("r.streams").partitions().getFirst().replicas()).hasSize(2);
            }
        }
    }

    @Test
    void moreReplicasInSyncThanThereAreAndARecordAboveTheBrokersRequestAreNamed() {
        try (EmbeddedBroker server = EmbeddedBroker.start(directory, 0,
                Map.of("min.insync.replicas", "2", "socket.request.max.bytes",
                        "4000000"))) {
            refused(server, broker -> broker.ensureEventTopics(),
                    "topic r.streams has min.insync.replicas = 2, but only 1 replicas",
                    "kafka-configs.sh");
            final Broker broker = Broker.at(server.bootstrapServers(), "r.");
            broker.ask(admin -> Broker.await(admin.createTopics(List.of(WantedTopic.events(broker.topics().progress()).creation(),
                    new WantedTopic(broker.topics().images("train"), 1, List.of(TopicSetting.exactly("min.insync.replicas", "1"),
                            TopicSetting.exactly("compression.type", "uncompressed"))).creation()))
                    .all()));
            refused(server, each -> each.ensureImages("train", 1, -1, 5_000_000),
                    "broker 1 has socket.request.max.bytes = 4000000, but a record of topic r.images.train may have 5001024 bytes");
            assertThatCode(() -> broker.ensureImages("train", 1, -1, 3_000_000)).doesNotThrowAnyException();
        }
    }

    @Test
    void aNameThatKafkaDoesNotAllowIsNamed() {
        assertThatThrownBy(() -> Broker.at(retort.broker.SharedBroker.bootstrapServers(), "a b.").ensureEventTopics())
                .isInstanceOf(TopicSettingException.class).hasMessageContaining("topic a b.streams cannot be created")
                .hasMessageContaining("change topics.prefix");
    }

    @Test
    void quotasDoNotStopTheStart() {
        final Broker broker = Broker.at(retort.broker.SharedBroker.bootstrapServers(), retort.broker.SharedBroker.freshPrefix());
        broker.ask(admin -> Broker.await(admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
                new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, broker.global("x"))),
                List.of(new ClientQuotaAlteration.Op("producer_byte_rate", 1e6))))).all()));
        assertThatCode(broker::ensureEventTopics).doesNotThrowAnyException();
    }

    private static void refused(EmbeddedBroker server, java.util.function.Consumer<Broker> start, String... parts) {
        assertThatThrownBy(() -> start.accept(Broker.at(server.bootstrapServers(), "r.").withTimeout(SHORT)))
                .isInstanceOf(TopicSettingException.class)
                .hasMessageContainingAll(parts).satisfies(failure -> OperationsPage.requireSentence(failure.getMessage()));
    }
}
