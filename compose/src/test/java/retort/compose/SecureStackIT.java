package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.kafka.Broker;
import retort.settings.Settings;

/** Starts the stack with docker-compose.secure.yml, on users and certificates that compose/secure/make has made. */
final class SecureStackIT {
    private static final Path MAKE = Path.of(System.getProperty("retort.root"), "compose", "secure", "make");

    @TempDir
    private Path directory;

    @BeforeAll
    static void needsDocker() throws Exception {
        Docker.requireCompose();
    }

    @Test
    void theStackWorksWithItsUsersAndRefusesAllOthers() throws Exception {
        final Path secrets = directory.resolve("secrets");
        assertThat(Docker.run(directory, Map.of(), MAKE.toString(), secrets.toString())).isZero();
        assertThat(Docker.run(directory, Map.of(), MAKE.toString(), secrets.toString())).as("nothing is overwritten").isNotZero();
        try (ComposeStack stack = new ComposeStack("secure", "docker-compose.secure.yml").with("RETORT_SECRETS",
                secrets.toString()).withFewImages(directory)) {
            stack.up();
            final Config reader = Settings.parse(secrets.resolve("reader.conf"));
            await().atMost(ComposeStack.PATIENCE).pollInterval(Duration.ofSeconds(2)).ignoreExceptions().until(
                    () -> stack.evaluations(reader), found -> found.stream().anyMatch(each -> each.getSuite().equals("knn")));
            stack.awaitHealthy("kafka", "ingest", "trainer", "evaluator");
            assertThat(stack.inspect("rights", "{{.State.Status}} {{.State.ExitCode}}")).isEqualTo("exited 0");

            assertThatThrownBy(() -> stack.broker(ConfigFactory.empty()).withTimeout(Duration.ofSeconds(5)).ensureEventTopics())
                    .as("no user").hasMessageContaining("does not answer a Kafka client");
            final Config wrong = reader.withValue("kafka.sasl.jaas.config", ConfigValueFactory.fromAnyRef(
                    reader.getString("kafka.sasl.jaas.config").replaceFirst("password=\"[^\"]*\"", "password=\"wrong\"")));
            assertThatThrownBy(() -> stack.broker(wrong).ensureEventTopics()).hasMessageContaining("refuses the credentials of");
            final Config ingest = Settings.parse(secrets.resolve("ingest.conf"));
            assertThatThrownBy(() -> send(stack.broker(ingest), "retort.checkpoints")).isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(TopicAuthorizationException.class);
            assertThatThrownBy(() -> send(stack.broker(reader), "retort.evaluations")).isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(TopicAuthorizationException.class);

            final String runs = "http://127.0.0.1:" + stack.port("PAGE_PORT") + "/api/runs";
            assertThat(status(runs, "")).isEqualTo(401);
            assertThat(status(runs, Settings.parse(secrets.resolve("evaluator.conf")).getString("page.token"))).isEqualTo(200);
            assertThat(stack.output("logs", "--no-color")).as("passwords in the log")
                    .doesNotContain(password(reader), password(ingest));
        }
        assertThat(Files.getPosixFilePermissions(secrets)).hasSize(3);
    }

    private static void send(Broker broker, String topic) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                broker.kafka().with(Map.of("enable.idempotence", false)),
                new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, new byte[1])).get();
        }
    }

    private static String password(Config user) {
        return user.getString("kafka.sasl.jaas.config").replaceFirst(".*password=\"([^\"]*)\".*", "$1");
    }

    private static int status(String uri, String token) throws Exception {
        final HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri));
        if (!token.isEmpty())
            request.header("Authorization", "Bearer " + token);
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }
}
