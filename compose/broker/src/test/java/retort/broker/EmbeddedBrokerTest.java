package retort.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerTest {
    private static final String TOPIC = "kept";

    @TempDir
    Path directory;

    @Test
    void goesOnWithItsDataOnAnotherPortAfterACloseAndAfterAKill() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory)) {
            create(broker);
            publish(broker, "closed");
        }
        final Process other = otherProcess();
        try {
            assertThat(other.inputReader().readLine()).isEqualTo("served");
            // While it runs nobody else may have its directory.
            assertThatThrownBy(() -> EmbeddedBroker.start(directory)).isInstanceOf(DirectoryInUseException.class)
                    .hasMessageContaining(directory.toString()).hasMessageContaining("stop it first");
        } finally {
            other.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory)) {
            assertThat(read(broker, 2)).containsExactly("closed", "killed");
            assertThatThrownBy(() -> EmbeddedBroker.start(directory)).isInstanceOf(DirectoryInUseException.class);
        }
    }

    @Test
    void aPortInUseIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> EmbeddedBroker.start(directory, taken.getLocalPort())).isInstanceOf(PortInUseException.class)
                    .hasMessageContaining("port " + taken.getLocalPort()).hasMessageContaining("choose another");
        }
    }

    @Test
    void aDirectoryThatCannotBeOneIsNamed() throws Exception {
        final Path file = Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(() -> EmbeddedBroker.start(file)).hasMessageContaining(file.toString());
    }

    /** Publishes in another JVM and stays until it is killed. */
    private Process otherProcess() throws Exception {
        return new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--sun-misc-unsafe-memory-access=allow", "-cp",
                System.getProperty("java.class.path"), Killed.class.getName(), directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    static final class Killed {
        private Killed() {
        }

        public static void main(String[] arguments) throws Exception {
            final EmbeddedBroker broker = EmbeddedBroker.start(Path.of(arguments[0]));
            publish(broker, "killed");
            System.out.write("served\n".getBytes(StandardCharsets.UTF_8));
            System.out.flush();
            Thread.currentThread().join();
        }
    }

    private static void create(EmbeddedBroker broker) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
        }
    }

    private static void publish(EmbeddedBroker broker, String value) throws Exception {
        try (var producer = new KafkaProducer<>(Map.of("bootstrap.servers", broker.bootstrapServers()), new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>(TOPIC, value)).get();
        }
    }

    private static List<String> read(EmbeddedBroker broker, int count) {
        final List<String> values = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", broker.bootstrapServers()), new StringDeserializer(),
                new StringDeserializer())) {
            final TopicPartition partition = new TopicPartition(TOPIC, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            final long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (values.size() < count && System.nanoTime() < deadline)
                consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
        }
        return values;
    }
}
