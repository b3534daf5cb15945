package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.console.StatusLine;
import retort.evaluator.EvaluatorService;
import retort.evaluator.feed.EvaluationFeed;
import retort.ingest.IngestService;
import retort.kafka.Broker;
import retort.kafka.Topic;
import retort.settings.Settings;
import retort.trainer.TrainerService;
import retort.trainer.engine.Engine;

/** With the rights that {@code retort rights --grant} gives, the stack works, and no user may write where another one does. */
final class ServiceRightsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path folder;
    private SecuredBroker secured;

    @BeforeEach
    void grantsTheRights() throws Exception {
        secured = SecuredBroker.start(folder, "ingest", "trainer", "evaluator", "reader");
        final Path admin = Files.writeString(folder.resolve("admin.conf"),
                secured.client("admin").root().render(ConfigRenderOptions.concise()));
        assertThat(Retort.run("rights", "--grant", "--config", admin.toString())).isZero();
    }

    @AfterEach
    void stopsTheBroker() {
        secured.close();
    }

    @Test
    void theStackWorksAndNobodyMayWriteWhatAnotherOneWrites() throws Exception {
        try (Engine engine = TrainerService.engine(config("trainer"));
                IngestService ingest = IngestService.start(config("ingest"), StatusLine.SILENT);
                EvaluatorService evaluator = EvaluatorService.start(config("evaluator"), engine, StatusLine.SILENT);
                TrainerService trainer = TrainerService.start(config("trainer"), engine, StatusLine.SILENT)) {
            trainer.done().block(PATIENCE);
            evaluator.caughtUp().block(PATIENCE);
            assertThat(ingest.done().toFuture()).as("the training stream has no end").isNotDone();
        }
        final Broker reader = Broker.from(config("reader"));
        assertThat(new EvaluationFeed(reader).present()).extracting(scored -> scored.getRun() + "/" + scored.getSuite())
                .contains("teacher/knn", "student/knn", "student/reconstruction");
        assertThat(reader.table(reader.topics().pictures())).isNotEmpty();
        assertThat(reader.table(reader.topics().promotions())).isNotEmpty();

        assertThat(writable("ingest")).containsExactly("images.train", "positions", "rejected", "streams");
        assertThat(writable("trainer")).containsExactly("checkpoints", "progress");
        assertThat(writable("evaluator")).containsExactly("evaluations", "pictures", "promotions", "rejected");
        assertThat(writable("reader")).isEmpty();

        assertThat(mayBegin("trainer", "retort.trainer.student")).isTrue();
        assertThat(mayBegin("trainer", "retort.evaluator.evaluator")).isFalse();
        assertThat(mayBegin("reader", "retort.trainer.student")).isFalse();
    }

    @Test
    void aWrongPasswordAndNoPasswordAreRefused() {
        final Broker wrong = Broker.from(Settings.over(secured.client("trainer", "wrong")));
        assertThatThrownBy(wrong::ensureEventTopics).hasMessageContaining("refuses the credentials of");
        final Broker none = Broker.from(Settings.over(ConfigFactory.parseMap(
                Map.of("kafka.bootstrap.servers", secured.bootstrapServers()))), Duration.ofSeconds(5));
        assertThatThrownBy(none::ensureEventTopics).hasMessageContaining("does not answer a Kafka client");
    }

    /** The page shows what the command prints. */
    @Test
    void thePageOfThreatsHasTheTable() throws Exception {
        final ByteArrayOutputStream printed = new ByteArrayOutputStream();
        final PrintStream out = System.out;
        try (PrintStream captured = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            System.setOut(captured);
            assertThat(Retort.run("rights")).isZero();
        } finally {
            System.setOut(out);
        }
        assertThat(Files.readString(Path.of(System.getProperty("retort.root"), "compose", "docs", "threats.md")))
                .contains("```\n" + printed.toString(StandardCharsets.UTF_8) + "```\n");
    }

    /** The topics, without the prefix, that {@code user} can write to. */
    private Set<String> writable(String user) throws InterruptedException {
        final Broker broker = Broker.from(config(user));
        final Set<String> names = new TreeSet<>(broker.topics().events().stream().map(Topic::name).toList());
        names.add("retort.images.train");
        final Set<String> written = new TreeSet<>();
        try (KafkaProducer<byte[], byte[]> producer = producer(broker, Map.of("enable.idempotence", false))) {
            for (final String name : names)
                try {
                    producer.send(new ProducerRecord<>(name, 0, "hostile".getBytes(StandardCharsets.UTF_8), new byte[1])).get();
                    written.add(name.substring("retort.".length()));
                } catch (ExecutionException refused) {
                    assertThat(refused).hasCauseInstanceOf(TopicAuthorizationException.class);
                }
        }
        return written;
    }

    private boolean mayBegin(String user, String transactionalId) {
        try (KafkaProducer<byte[], byte[]> producer = producer(Broker.from(config(user)),
                Map.of("transactional.id", transactionalId))) {
            producer.initTransactions();
            return true;
        } catch (TransactionalIdAuthorizationException refused) {
            return false;
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(Broker broker, Map<String, Object> more) {
        return new KafkaProducer<>(broker.kafka().with(more), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private Config config(String user) {
        return Settings.over(secured.client(user)
                .withFallback(ConfigFactory.parseString(
                        """
                                ingest {
                                  source = "idx:%1$s/fashion-mnist/train", samples = 128, probe.samples = 64
                                  val { source = "idx:%1$s/fashion-mnist/t10k", samples = 32 }
                                  image = 28, channels = 1, mean = [0.5], std = [0.25], recipe.name = none, images-per-record = 16
                                }
                                trainer {
                                  device = cpu, threads = 1, checkpoints = "%2$s", batch = 16, steps = 6, checkpoint-every = 2, keep.last = 1
                                  decoder { width = 8, depth = 1, heads = 2 }
                                  runs = [
                                    { name = teacher, objective = pretrain, model { width = 16, depth = 4, heads = 2, patch = 7 } }
                                    { name = student, objective = distill, teacher = "run:teacher", model { width = 16, depth = 4, heads = 2, patch = 7 } }
                                  ]
                                }
                                """
                                .formatted(System.getenv("RETORT_DATA"), folder.resolve("checkpoints")))));
    }
}
