package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.TopicDescription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.console.StatusLine;
import retort.evaluator.EvaluatorService;
import retort.evaluator.feed.EvaluationFeed;
import retort.ingest.IngestService;
import retort.kafka.Broker;
import retort.settings.Settings;
import retort.trainer.TrainerService;
import retort.trainer.engine.Engine;

/**
 * The rights that {@code retort rights --grant} gives are enough when one of three brokers is closed in the middle of a run, and others take over
 * what it has led and coordinated: records, transactions and groups.
 */
final class SecuredClusterTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int ENDS = 2;

    @TempDir
    private Path folder;

    @Test
    void servicesGoOnWithTheirRightsWithoutOneOfThreeBrokers() throws Exception {
        try (SecuredBroker secured = SecuredBroker.startThree(folder, "ingest", "trainer", "evaluator", "reader")) {
            assertThat(Retort.run("rights", "--grant", "--config", file("admin", secured.client("admin")))).isZero();
            final Broker reader = Broker.from(config(secured, "reader"));
            try (Engine engine = TrainerService.engine(config(secured, "trainer"));
                    IngestService _ = IngestService.start(config(secured, "ingest"), StatusLine.SILENT);
                    EvaluatorService evaluator = EvaluatorService.start(config(secured, "evaluator"), engine, StatusLine.SILENT);
                    TrainerService trainer = TrainerService.start(config(secured, "trainer"), engine, StatusLine.SILENT)) {
                final AtomicReference<Throwable> failed = new AtomicReference<>();
                trainer.done().subscribe(done -> {
                }, failed::set);
                await().atMost(PATIENCE).failFast("the trainer has failed", () -> assertThat(failed).hasNullValue())
                        .until(() -> reader.table(reader.topics().checkpoints()).containsKey("brief/50"));
                final Broker admin = Broker.from(Settings.over(secured.client("admin")));
                assertThat(leads(admin, reader.topics().images("train"))).isTrue();
                assertThat(leads(admin, "__transaction_state")).isTrue();
                secured.servers().get(ENDS - 1).close();

                trainer.done().block(PATIENCE);
                evaluator.caughtUp().block(PATIENCE);
                assertThat(leads(admin, reader.topics().images("train"))).isFalse();
            }
            assertThat(reader.table(reader.topics().positions()).get("train/0").getNextSequence())
                    .as("most records were published after the broker had ended").isGreaterThan(100);
            assertThat(new EvaluationFeed(reader).present()).extracting(scored -> scored.getStep() + "/" + scored.getSuite())
                    .contains("400/knn");
            assertThat(Retort.run("audit", "--run", "brief", "--config", file("trainer", config(secured, "trainer")))).isZero();
        }
    }

    private static boolean leads(Broker admin, String topic) {
        final TopicDescription described = admin
                .ask(client -> Broker.await(client.describeTopics(List.of(topic)).allTopicNames())).get(topic);
        return described.partitions().stream().anyMatch(each -> each.leader() != null && each.leader().id() == ENDS);
    }

    private String file(String name, Config config) throws IOException {
        return Files.writeString(folder.resolve(name + ".conf"), config.root().render(ConfigRenderOptions.concise())).toString();
    }

    private Config config(SecuredBroker secured, String user) {
        return Settings.over(secured.client(user).withFallback(ConfigFactory.parseString("""
                ingest {
                  source = "idx:%1$s/fashion-mnist/train", samples = 1024, probe.samples = 64
                  val { source = "idx:%1$s/fashion-mnist/t10k", samples = 32 }
                  image = 28, channels = 1, mean = [0.5], std = [0.25], recipe.name = none
                  images-per-record = 16, max-ahead = 1024, partitions = 4, group = stack, id = one
                }
                trainer {
                  device = cpu, threads = 1, checkpoints = "%2$s", batch = 16, steps = 400, checkpoint-every = 50
                  runs = [{ name = brief, objective = pretrain, model { width = 16, depth = 2, heads = 2, patch = 7 }
                    decoder { width = 8, depth = 1, heads = 2 } }]
                }
                evaluator.suites = [knn]
                """.formatted(System.getenv("RETORT_DATA"), folder.resolve("checkpoints")))));
    }
}
