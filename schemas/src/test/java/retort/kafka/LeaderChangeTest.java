package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.broker.EmbeddedBroker;
import retort.record.Stream;

/** The leader of both partitions ends while a stream is written and read, and another broker takes the partitions over. */
final class LeaderChangeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void leaderChange() throws Exception {
        final int controller = freePort();
        final Stream train = TestStream.stream("train", 2);
        try (EmbeddedBroker first = start(1, controller, "broker,controller")) {
            final Broker broker = Broker.at(first.bootstrapServers(), "leaders.");
            broker.ensureEventTopics();
            broker.ensureImages("train", 2, -1, 1 << 20);
            TestStream.publish(broker, train, 0, 20, 100);
            Files.createDirectories(directory.resolve("2"));
            Files.writeString(directory.resolve("2/meta.properties"),
                    Files.readString(directory.resolve("1/meta.properties")).replaceAll("node.id=1", "node.id=2")
                            .replaceAll("directory.id=.*", "directory.id=" + Uuid.randomUuid()));
            final Probe<BatchRecord> reader = new Probe<>();
            try (EmbeddedBroker _ = start(2, controller, "broker");
                    Admin admin = Admin.create(broker.kafka().with(Map.of()))) {
                lead(admin, broker, 2);
                broker.batches(train, StreamPosition.START, OptionalLong.of(59), 8 << 20, "reader").subscribe(reader);
                reader.request(Long.MAX_VALUE);
                TestStream.publish(broker, train, 20, 40, 100);
                await().atMost(PATIENCE).until(() -> reader.received.size() == 40);
            }
            TestStream.publish(broker, train, 40, 60, 100);
            assertThat(reader.ended).succeedsWithin(PATIENCE);
            assertThat(reader.received).extracting(BatchRecord::sequence)
                    .containsExactlyElementsOf(LongStream.range(0, 60).boxed().toList());
        }
    }

    /** Makes {@code leader} the leader of all partitions of the stream, with both brokers in sync. */
    private static void lead(Admin admin, Broker broker, int leader) throws Exception {
        final String topic = broker.topics().images("train");
        final Set<TopicPartition> partitions = Set.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1));
        await().atMost(PATIENCE).until(() -> admin.describeCluster().nodes().get().size() == 2);
        admin.alterPartitionReassignments(partitions.stream().collect(Collectors.toMap(partition -> partition,
                partition -> Optional.of(new NewPartitionReassignment(List.of(leader, 1)))))).all().get();
        await().atMost(PATIENCE).until(() -> partitions(admin, topic).stream().allMatch(each -> each.isr().size() == 2));
        admin.electLeaders(ElectionType.PREFERRED, partitions).all().get();
        await().atMost(PATIENCE).until(() -> partitions(admin, topic).stream().allMatch(each -> each.leader().id() == leader));
    }

    private static List<TopicPartitionInfo> partitions(Admin admin, String topic) throws Exception {
        return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions();
    }

    private EmbeddedBroker start(int node, int controller, String roles) throws IOException {
        final int port = freePort();
        return EmbeddedBroker.start(directory.resolve(Integer.toString(node)), port, Map.of("process.roles", roles, "node.id",
                Integer.toString(node), "listeners", "PLAINTEXT://127.0.0.1:" + port
                        + (node == 1 ? ",CONTROLLER://127.0.0.1:" + controller : ""),
                "controller.quorum.voters", "1@127.0.0.1:" + controller));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
