package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.broker.SharedBroker;
import retort.kafka.Broker;
import retort.kafka.RawPosition;
import retort.kafka.RecordSink;
import retort.kafka.Topic;
import retort.record.Confusion;
import retort.record.Evaluation;
import retort.registry.server.StrictRegistry;
import retort.settings.Settings;

/**
 * Runs {@code compose/clients/python/retort_feed.py} against the embedded broker, if there is a Python with confluent-kafka and fastavro
 * ({@code RETORT_PYTHON}, or {@code python3}). It prints what {@code retort evaluations} prints.
 */
class PythonFeedTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Path FOLDER = Path.of(System.getProperty("retort.root"), "compose", "clients", "python");
    private static final String PYTHON = Optional.ofNullable(System.getenv("RETORT_PYTHON")).orElse("python3");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    private final String prefix = SharedBroker.freshPrefix();

    @Test
    void printsTheSameInBothFramingsLiveAndAfterCompaction() throws Exception {
        assumeTrue(has("confluent_kafka, fastavro"),
                PYTHON + " has no confluent-kafka and fastavro: set RETORT_PYTHON to a Python that has them");
        try (StrictRegistry registry = StrictRegistry.start()) {
            final Broker plain = broker("");
            final Broker framed = broker(registry.url());
            framed.ensureEventTopics();
            final Topic<Evaluation> topic = framed.topics().evaluations();
            try (RecordSink sink = framed.transactionalSink("evaluator.test", 1 << 20)) {
                sink.sendAll(List.of(plain.topics().evaluations().record(evaluation("teacher", 100, 0.1 + 0.2)),
                        topic.record(evaluation("student", 100, Double.NaN)),
                        new ProducerRecord<>(topic.name(), 0, new byte[]{'x'}, new byte[]{1, 2, 3}))).block(PATIENCE);
                sink.sendAll(List.of(topic.record(evaluation("student", 200, 1e-9)), topic.record(evaluation("gone", 1, 0)),
                        topic.tombstone(topic.key().apply(evaluation("gone", 1, 0))))).block(PATIENCE);

                assertThat(python()).isEqualTo(command()).hasSize(3);
                assertThat(python("--run", "student", "--since", "200")).isEqualTo(command("--run", "student", "--since", "200"))
                        .hasSize(1);

                final Process following = start(directory.resolve("live"), "--follow");
                try {
                    await().atMost(PATIENCE).until(() -> said("live.err").contains("the history ends here"));
                    assertThat(lines("live.out")).as("history, with what was deleted since").hasSize(4);
                    assertThat(said("live.err")).contains(topic.name() + "-0@2 is skipped: 3 bytes that are no record of Avro");
                    sink.sendAll(List.of(topic.record(evaluation("student", 300, 0.5)),
                            plain.topics().evaluations().record(evaluation("student", 400, 0.75)))).block(PATIENCE);
                    await().atMost(PATIENCE).until(() -> lines("live.out").size() == 6);
                    assertThat(lines("live.out").subList(4, 6)).isEqualTo(command("--since", "300"));
                } finally {
                    following.destroyForcibly().onExit().join();
                }

                compact(plain, topic, sink);
                assertThat(python()).isEqualTo(command()).hasSize(5);
            }
        }
    }

    /** The file is compared with the schema also on a machine whose Python lacks the packages. */
    @Test
    void knowsEveryFieldOfTheSchemaInItsOrder() throws IOException {
        final String file = Files.readString(FOLDER.resolve("retort_feed.py"));
        int at = file.indexOf("FIELDS_1 =");
        for (final org.apache.avro.Schema.Field field : Evaluation.getClassSchema().getFields()) {
            at = file.indexOf('"' + field.name() + "\": ", at);
            assertThat(at).as(field.name()).isPositive();
        }
        assertThat(file.lines()).hasSizeLessThan(150);
    }

    @Test
    void plotsTheCurves() throws Exception {
        assumeTrue(has("confluent_kafka, fastavro, matplotlib"),
                PYTHON + " has no confluent-kafka, fastavro and matplotlib: set RETORT_PYTHON to a Python that has them");
        final Broker broker = Broker.at(SharedBroker.bootstrapServers(), "retort.");
        broker.ensureEventTopics();
        try (RecordSink sink = broker.sink("plot", 1 << 20)) {
            sink.send(broker.topics().evaluations(), evaluation("student", 100, 0.5)).block(PATIENCE);
        }
        final Path png = directory.resolve("curves.png");
        assertThat(run(directory.resolve("plot"),
                List.of(PYTHON, FOLDER.resolve("plot.py").toString(), SharedBroker.bootstrapServers(),
                        "knn", "top1", png.toString()))
                .waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(png).as(said("plot.err")).isNotEmptyFile();
    }

    /** Rewrites keys until the broker's cleaner has removed older values. */
    private static void compact(Broker broker, Topic<Evaluation> topic, RecordSink sink) {
        final ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
        broker.ask(admin -> Broker.await(admin.incrementalAlterConfigs(Map.of(resource, List.of(
                new AlterConfigOp(new ConfigEntry("segment.ms", "100"), AlterConfigOp.OpType.SET),
                new AlterConfigOp(new ConfigEntry("min.cleanable.dirty.ratio", "0.001"), AlterConfigOp.OpType.SET)))).all()));
        final int[] written = {0};
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).until(() -> {
            sink.send(topic, evaluation("student", 400, 0.75)).block(PATIENCE); // rolls the segment, and is the same value
            written[0]++;
            return records(broker, topic) < 8 + written[0];
        });
    }

    /** The committed records on the topic, up to the one that is sent last. */
    private static long records(Broker broker, Topic<Evaluation> topic) {
        final long end = broker
                .ask(admin -> Broker.await(admin.listOffsets(Map.of(new org.apache.kafka.common.TopicPartition(topic.name(), 0),
                        org.apache.kafka.clients.admin.OffsetSpec.latest())).all()))
                .values().iterator().next().offset();
        return broker.raw(topic.name(), RawPosition.START, "count", found -> {
        }).takeUntil(record -> record.offset() >= end - 2).count().block(PATIENCE); // a transaction's marker is at end - 1
    }

    private Broker broker(String registry) {
        return Broker.from(Settings.load(Optional.empty(), List.of("kafka.bootstrap.servers=" + SharedBroker.bootstrapServers(),
                "topics.prefix=" + prefix, "schema-registry.url=" + registry)), PATIENCE);
    }

    private static Evaluation evaluation(String run, long step, double top1) {
        return Evaluation.newBuilder().setRun(run).setStep(step).setSuite("knn").setSettingsHash("00ff")
                .setMetrics(Map.of("top1", top1, "a", 1.0)).setImages(10).setDurationMillis(5).setCheckpointSha256("ab")
                .setObjective("distill, \"ä\"").setStream("val").setAt(Instant.ofEpochMilli(step * 10 + (step == 200 ? 0 : 7)))
                .setError(step == 100 && run.equals("student") ? "gone" : null)
                .setClassAccuracy(step == 200 ? Map.of("b", 0.5, "a", 0.25) : Map.of())
                .setConfusions(step == 200 ? List.of(new Confusion("a", "b", 3L)) : List.of()).build();
    }

    private List<JsonNode> command(String... options) throws Exception {
        final List<String> arguments = new ArrayList<>(List.of("evaluations", "--set",
                "kafka.bootstrap.servers=" + SharedBroker.bootstrapServers(), "--set", "topics.prefix=" + prefix));
        arguments.addAll(List.of(options));
        try (RetortProcess retort = RetortProcess.start(directory, arguments.toArray(String[]::new))) {
            assertThat(retort.await(PATIENCE)).as(retort.err()).isZero();
            return json(retort.out());
        }
    }

    private List<JsonNode> python(String... options) throws Exception {
        final Process process = start(directory.resolve("python"), options);
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said("python.err")).isZero();
        return lines("python.out");
    }

    private Process start(Path output, String... options) throws IOException {
        final List<String> command = new ArrayList<>(List.of(PYTHON, FOLDER.resolve("retort_feed.py").toString(), "--servers",
                SharedBroker.bootstrapServers(), "--topic", prefix + "evaluations"));
        command.addAll(List.of(options));
        return run(output, command);
    }

    private static Process run(Path output, List<String> command) throws IOException {
        final ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(new java.io.File(output + ".out"))
                .redirectError(new java.io.File(output + ".err"));
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        return builder.start();
    }

    private String said(String file) {
        try {
            return Files.readString(directory.resolve(file));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private List<JsonNode> lines(String file) throws IOException {
        return json(said(file));
    }

    private static List<JsonNode> json(String lines) throws IOException {
        final List<JsonNode> all = new ArrayList<>();
        for (final String line : lines.lines().toList())
            all.add(JSON.readTree(line));
        return all;
    }

    private static boolean has(String packages) throws Exception {
        try {
            return new ProcessBuilder(PYTHON, "-c", "import " + packages).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
