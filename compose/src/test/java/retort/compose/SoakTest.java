package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.broker.BrokerProcess;
import retort.broker.Link;
import retort.codec.ImageBatchView;
import retort.kafka.Broker;
import retort.trainer.audit.Audit;
import retort.trainer.audit.AuditReport;
import retort.trainer.checkpoint.CheckpointStore;

/**
 * Ingest and a trainer as processes follow a raw topic, while their broker is restarted three times and paused once, and while their
 * connections to it are cut, delayed and silenced. In the end every image that the producer has listed is in exactly one batch, and the
 * trainer's ledger has them in order.
 * <p>
 * The short form takes some tens of seconds. The long form, with a producer in Python (it needs confluent-kafka):
 * {@code mvn -pl compose -am verify -Dtest=SoakTest -Dsoak.minutes=30 -Dsoak.python=PYTHON -Dsurefire.failIfNoSpecifiedTests=false}
 */
class SoakTest {
    private static final double MINUTES = Double.parseDouble(System.getProperty("soak.minutes", "0.4"));
    private static final long SEED = Long.getLong("soak.seed", System.nanoTime());
    private static final boolean LONG = MINUTES >= 10;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");
    private static final int BATCH = 16;
    private static final int PARTITIONS = 2;

    private final Random random = new Random(SEED);

    @TempDir
    Path folder;

    @Test
    void everyImageIsInExactlyOneBatchWhateverHappensToTheBrokerAndItsConnections() throws Exception {
        final Path list = folder.resolve("acknowledged");
        try (Link link = Link.toFreePort();
                BrokerProcess server = BrokerProcess.behind(link, folder.resolve("kafka"), Map.of())) {
            final Broker broker = Broker.at(server.bootstrapServers(), "retort.");
            broker.ask(admin -> Broker.await(admin.createTopics(List.of(
                    new NewTopic("retort.raw.soak", PARTITIONS, (short) 1))).all()));
            try (SoakService ingest = SoakService.start("ingest", folder, settings(link));
                    SoakService trainer = SoakService.start("train", folder, settings(link))) {
                final Duration time = Duration.ofMillis(Math.round(MINUTES * 60_000));
                try (SoakFeed feed = SoakFeed.start(link.address(), "retort.raw.soak", time, SEED, list)) {
                    trouble(time, link, server, List.of(ingest, trainer));
                    feed.awaitEnd(PATIENCE);
                }
                final List<Long> sent = Files.readAllLines(list).stream().map(Long::valueOf).sorted().toList();
                say("%,d images are acknowledged", sent.size());
                assertThat(sent).as("images").isNotEmpty();
                await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).untilAsserted(
                        () -> assertThat(published(server).stream().sorted().toList()).isEqualTo(sent));
                final int steps = sent.size() / BATCH;
                await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> assertThat(
                        broker.table(broker.topics().progress()).get("soak").getStep()).isEqualTo(steps));
                say("ingest: %s", ingest.memory());
                say("trainer: %s", trainer.memory());
                assertThat(trainer.stop()).as("exit code of the trainer").isZero();
                assertThat(ingest.stop()).as("exit code of ingest").isZero();
                final AuditReport audit = new Audit(broker, new CheckpointStore(folder.resolve("checkpoints"))).of("soak");
                audit.lines().forEach(line -> say("%s", line));
                assertThat(audit.isClean()).as("audit: %s", audit.lines()).isTrue();
                assertThat(audit.images()).isEqualTo((long) steps * BATCH);
                if (LONG)
                    for (final SoakService service : List.of(ingest, trainer))
                        service.memory().requireFlat();
            }
        }
    }

    /** Three restarts, one of them a kill, and one pause are spread over the time. In between the link is cut, delayed and silenced. */
    private void trouble(Duration time, Link link, BrokerProcess server, List<SoakService> services) throws Exception {
        final long start = System.nanoTime();
        final List<Runnable> turns = List.of(() -> restart(server, false), () -> pause(server), () -> restart(server, true),
                () -> restart(server, false));
        int taken = 0;
        while (taken < turns.size() || elapsed(start).compareTo(time) < 0) {
            final Duration next = time.multipliedBy(taken + 1L).dividedBy(turns.size() + 1L);
            if (taken < turns.size() && elapsed(start).compareTo(next) >= 0)
                turns.get(taken++).run();
            else
                disturb(link);
            for (final SoakService service : services)
                service.observe();
        }
        link.delay(Duration.ZERO);
        link.restore();
    }

    private void disturb(Link link) throws InterruptedException {
        final long spell = LONG ? random.nextInt(15_000) : random.nextInt(1_000);
        switch (random.nextInt(4)) {
            case 0 -> link.cut();
            case 1 -> link.delay(Duration.ofMillis(random.nextInt(300)));
            case 2 -> link.silence();
            default -> link.refuse();
        }
        Thread.sleep(spell / 2);
        link.delay(Duration.ZERO);
        link.restore();
        Thread.sleep(spell);
    }

    private void restart(BrokerProcess server, boolean kill) {
        say("the broker is %s and started again", kill ? "killed" : "stopped");
        if (kill)
            server.kill();
        else
            server.stop();
        server.start();
    }

    private static void pause(BrokerProcess server) {
        final Duration pause = LONG ? Duration.ofSeconds(60) : Duration.ofSeconds(3);
        say("the broker is paused for %d s", pause.toSeconds());
        server.pause();
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.resume();
    }

    private String settings(Link link) throws IOException {
        final Path file = folder.resolve("soak.conf");
        Files.writeString(file, """
                kafka.bootstrap.servers = "%s"
                ingest {
                  streams = [train], source = "kafka:raw.soak", image = 8, channels = 1, mean = [0.5], std = [0.25]
                  recipe.name = none, images-per-record = 8, partitions = %d, max-ahead = 4096, retention = 1000000
                }
                trainer {
                  device = cpu, threads = 1, checkpoints = "%s", batch = %d, steps = 1000000, checkpoint-every = 20
                  runs = [{ name = soak, objective = pretrain
                    model { width = 16, depth = 1, heads = 2, patch = 4 }, decoder { width = 8, depth = 1, heads = 2 } }]
                }
                """.formatted(link.address(), PARTITIONS, folder.resolve("checkpoints"), BATCH));
        return file.toString();
    }

    /** The numbers of the images in all committed records, read with a plain consumer. */
    private static List<Long> published(BrokerProcess server) throws Exception {
        final List<Long> numbers = new ArrayList<>();
        final Map<String, Object> properties = Map.of("bootstrap.servers", server.bootstrapServers(), "isolation.level",
                "read_committed", "enable.auto.commit", false, "auto.offset.reset", "none");
        try (var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                final TopicPartition images = new TopicPartition("retort.images.train", partition);
                consumer.assign(List.of(images));
                consumer.seekToBeginning(List.of(images));
                final long end = consumer.endOffsets(List.of(images)).get(images);
                while (consumer.position(images) < end)
                    for (final var record : consumer.poll(Duration.ofMillis(100)).records(images)) {
                        final ImageBatchView batch = ImageBatchView.of(record.value());
                        for (int image = 0; image < batch.count(); image++)
                            numbers.add(batch.pixels().getLong(batch.pixels().position() + image * batch.imageBytes()));
                    }
            }
        }
        return numbers;
    }

    private static Duration elapsed(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation is in no dependency
    static void say(String format, Object... values) {
        System.out.println(LocalTime.now(java.time.ZoneOffset.UTC).format(CLOCK) + " soak: " + String.format(format, values));
    }
}
