package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import retort.compose.console.Failures;
import retort.console.StatusLine;
import retort.evaluator.EvaluatorService;
import retort.ingest.IngestService;
import retort.kafka.Broker;
import retort.settings.Settings;
import retort.trainer.TrainerService;
import retort.trainer.engine.Engine;

/**
 * Every service begins without any right on a broker with SASL_SSL and an authorizer. Each denial names one right and the command that
 * grants it; the test grants that right and starts the service again, until it works. The rights that were asked for are then those of
 * the table in operations.md, and no more.
 */
class RightsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MOST_STARTS = 40;
    private static final Pattern DENIAL = Pattern
            .compile("principal User:(?<user>\\w+) may not .+ at \\S+: operation (?<operation>\\w+) on"
                    + " (?<kind>topic|transactional id|group|cluster) (?<name>[^ ,]+).* is denied\\. To grant it: kafka-acls\\.sh"
                    + " --bootstrap-server \\S+ --add --allow-principal 'User:\\k<user>' --operation \\k<operation>"
                    + " --(topic|transactional-id|group|cluster).*");

    @TempDir
    Path folder;

    private @Nullable SecuredBroker secured;

    @Test
    void everyServiceNamesTheRightsThatItLacksOneAfterAnotherAndAsksForNoOthers() throws Exception {
        try (SecuredBroker server = SecuredBroker.start(folder, "ingest", "again", "trainer", "evaluator")) {
            secured = server;
            final Broker admin = Broker.from(config("admin"));
            publishImages(admin);
            final Set<String> raw = RightsPage.of("ingest").names();
            final Set<String> creating = new TreeSet<>(raw);
            creating.add("Create on topic");

            assertThat(asked(admin, "ingest", failed -> ingest(admin, "ingest", failed))).isEqualTo(creating);
            assertThat(asked(admin, "again", failed -> ingest(admin, "again", failed))).as("all topics are there").isEqualTo(raw);
            try (IngestService val = IngestService.start(
                    ConfigFactory.parseString("ingest.streams = [val]").withFallback(config("admin")),
                    StatusLine.SILENT)) {
                val.done().block(PATIENCE);
            }
            try (Engine engine = TrainerService.engine(config("admin"))) {
                assertThat(asked(admin, "trainer", failed -> train(engine, failed)))
                        .isEqualTo(RightsPage.of("trainer").names());
                assertThat(asked(admin, "evaluator", failed -> evaluate(engine, failed)))
                        .isEqualTo(RightsPage.of("evaluator").names());
            }
        }
    }

    /** Starts a service until it works. @return the rights that it has asked for */
    private static Set<String> asked(Broker admin, String user, Consumer<AtomicReference<Throwable>> start)
            throws java.io.IOException {
        final Set<String> granted = new TreeSet<>();
        for (int starts = 0; starts < MOST_STARTS; starts++) {
            final AtomicReference<Throwable> failure = new AtomicReference<>();
            start.accept(failure);
            if (failure.get() == null) {
                granted.remove("Describe on topic"); // the rights to read and to write include it, so the order decides who asks
                return granted;
            }
            final Matcher denial = DENIAL.matcher(Failures.describe(failure.get()));
            assertThat(denial.matches()).as("%s: %s", user, failure.get()).isTrue();
            assertThat(denial.group("user")).isEqualTo(user);
            if (!denial.group("operation").equals("Create")) // the page names it above the table
                assertThat(RightsPage.of(user.equals("again") ? "ingest" : user).grants(denial.group("operation"),
                        denial.group("kind"),
                        denial.group("name"))).as("%s needs what operations.md does not grant: %s", user, denial.group())
                        .isTrue();
            granted.add(denial.group("operation") + " on " + denial.group("kind"));
            grant(admin, denial);
        }
        throw new AssertionError(user + " does not work with " + granted);
    }

    /** Grants the right, for topics and transactional ids to all that begin with the prefix. */
    private static void grant(Broker admin, Matcher denial) {
        final boolean group = denial.group("kind").equals("group");
        final ResourceType kind = switch (denial.group("kind")) {
            case "topic" -> ResourceType.TOPIC;
            case "group" -> ResourceType.GROUP;
            case "cluster" -> ResourceType.CLUSTER;
            default -> ResourceType.TRANSACTIONAL_ID;
        };
        final AclOperation operation = AclOperation.fromString(denial.group("operation").replaceAll("(?<=[a-z])(?=[A-Z])", "_"));
        admin.ask(client -> Broker.await(client.createAcls(List.of(new AclBinding(
                new ResourcePattern(kind, group ? denial.group("name") : "retort.",
                        group ? PatternType.LITERAL : PatternType.PREFIXED),
                new AccessControlEntry("User:" + denial.group("user"), "*", operation, AclPermissionType.ALLOW)))).all()));
    }

    private void ingest(Broker admin, String user, AtomicReference<Throwable> failure) {
        final long before = images(admin);
        publishImages(admin);
        try (IngestService service = IngestService.start(config(user), StatusLine.SILENT)) {
            service.done().subscribe(nothing -> {
            }, failure::set);
            await().atMost(PATIENCE).until(() -> failure.get() != null || images(admin) > before);
        }
    }

    private static long images(Broker admin) {
        return admin.streams().find("train").map(admin::latestSequence).orElse(0L);
    }

    private void train(Engine engine, AtomicReference<Throwable> failure) {
        try (TrainerService service = TrainerService.start(config("trainer"), engine, StatusLine.SILENT)) {
            wait(service.done(), failure);
        }
    }

    private void evaluate(Engine engine, AtomicReference<Throwable> failure) {
        try (EvaluatorService service = EvaluatorService.start(config("evaluator"), engine, StatusLine.SILENT)) {
            wait(service.caughtUp(), failure);
        }
    }

    private static void wait(Mono<?> end, AtomicReference<Throwable> failure) {
        try {
            end.toFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            failure.set(e.getCause());
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private static void publishImages(Broker admin) {
        if (!admin.ask(client -> Broker.await(client.listTopics().names())).contains("retort.raw.camera"))
            admin.ask(
                    client -> Broker.await(client.createTopics(List.of(new NewTopic("retort.raw.camera", 1, (short) 1))).all()));
        try (var producer = new KafkaProducer<>(admin.kafka().with(Map.of()), new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < 8; i++) {
                final var _ = producer
                        .send(new ProducerRecord<>("retort.raw.camera", ("image-" + i).getBytes(StandardCharsets.UTF_8),
                                JavaFeed.png(i, new java.util.Random(i))));
            }
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Config config(String user) {
        return Settings.over(Objects.requireNonNull(secured).client(user).withFallback(ConfigFactory.parseString("""
                ingest {
                  source = "kafka:raw.camera", image = 8, channels = 1, mean = [0.5], std = [0.25], images-per-record = 8
                  streams = [train], val { source = "idx:%s/fashion-mnist/t10k", samples = 16 }
                }
                trainer {
                  device = cpu, threads = 1, checkpoints = "%s", batch = 4, steps = 2
                  runs = [{ name = small, objective = pretrain
                    model { width = 16, depth = 1, heads = 2, patch = 4 }, decoder { width = 8, depth = 1, heads = 2 } }]
                }
                evaluator.suites = [reconstruction]
                """.formatted(System.getenv("RETORT_DATA"), folder.resolve("checkpoints")))));
    }
}
