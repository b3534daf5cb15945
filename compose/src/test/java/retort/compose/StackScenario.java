package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import retort.console.StatusLine;
import retort.evaluator.EvaluatorService;
import retort.evaluator.page.PageServer;
import retort.ingest.IngestService;
import retort.kafka.BatchRecord;
import retort.kafka.Broker;
import retort.kafka.StreamPosition;
import retort.kafka.Topics;
import retort.metrics.MetricsServer;
import retort.record.CheckpointReady;
import retort.record.Evaluation;
import retort.record.IngestPosition;
import retort.record.RunState;
import retort.record.Stream;
import retort.record.TrainingProgress;
import retort.settings.Settings;
import retort.trainer.TrainerService;
import retort.trainer.engine.Engine;

/** Runs the three services on a few hundred images until a student is trained and evaluated, and checks the records of every topic. */
final class StackScenario {
    private static final Topics TOPICS = Topics.DEFAULT;
    private static final int TRAIN = 320;
    private static final int VAL = 96;
    private static final int STEPS = 12;
    private static final int BATCH = 24;

    private StackScenario() {
    }

    static void run(String bootstrapServers, Path directory) throws Exception {
        final Config config = settings(bootstrapServers, directory);
        try (RecordsTraced traced = new RecordsTraced();
                Engine engine = TrainerService.engine(config);
                MetricsServer metrics = MetricsServer.start(config).orElseThrow();
                PageServer page = PageServer.start(config).orElseThrow();
                IngestService ingest = IngestService.start(config, StatusLine.SILENT);
                EvaluatorService evaluator = EvaluatorService.start(config, engine, StatusLine.SILENT);
                TrainerService trainer = TrainerService.start(config, engine, StatusLine.SILENT)) {
            trainer.done().block(Duration.ofMinutes(3));
            evaluator.caughtUp().block(Duration.ofMinutes(3));
            assertThat(ingest.done().toFuture()).as("the training stream has no end").isNotDone();
            WatchingPage.check(metrics.address());
            shown(page.url());
            for (long sequence = 0; sequence < 4; sequence++)
                traced.check("train", sequence);
        }
        check(Broker.from(config).onUndecodable(StackScenario::fail));
        exports(bootstrapServers, directory);
    }

    /** The page shows both runs, what became of their checkpoints, and that nothing waits. */
    private static void shown(String url) {
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
            final JsonNode runs = json(url + "api/runs").get("runs");
            assertThat(runs).extracting(run -> run.get("run").asText()).containsExactly("student", "teacher");
            assertThat(runs).extracting(run -> run.at("/progress/state").asText()).containsOnly("FINISHED");
            assertThat(runs).extracting(run -> run.get("checkpoints").size()).containsOnly(2);
            assertThat(json(url + "api/evaluations").get("evaluations")).hasSize(9);
            assertThat(json(url + "api/pictures").get("pictures")).hasSize(4);
            final JsonNode status = json(url + "api/status");
            assertThat(status.get("streams")).extracting(stream -> stream.get("stream").asText())
                    .containsExactlyInAnyOrder("train", "val", "probe");
            assertThat(status.at("/evaluator/waiting").asInt()).isZero();
            assertThat(status.get("unreadable")).isEmpty();
        });
        final JsonNode settings = json(url + "api/settings?run=student");
        assertThat(settings.get("from").asText()).isEqualTo("checkpoint");
        assertThat(settings.get("settings").size()).isGreaterThan(10);
    }

    private static JsonNode json(String url) throws UncheckedIOException {
        try (InputStream in = URI.create(url).toURL().openStream()) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The model card and config.json have the facts of the run by themselves. */
    private static void exports(String bootstrapServers, Path directory) throws IOException {
        final Path to = directory.resolve("export");
        final Path runs = directory.resolve("checkpoints");
        final String step = "step-%09d".formatted(STEPS);
        for (final String[] library : new String[][]{{"student", "timm"}, {"teacher", "transformers-mae"}}) {
            assertThat(Retort.run("export", runs.resolve(library[0]).resolve(step).toString(), to.toString(), "--for", library[1],
                    "--set", "kafka.bootstrap.servers=" + bootstrapServers)).isZero();
            assertThat(to.resolve("README.md")).content().contains("| run | " + library[0] + " |", "| step | 12 of 12 |",
                    "| stream | train |", "[0.5] is subtracted and [0.25] divides", "| knn | top1 | ", "| reconstruction | ");
            assertThat(Files.exists(to.resolve("preprocessor_config.json"))).isEqualTo(library[1].startsWith("transformers"));
            if (library[1].equals("timm")) {
                assertThat(to.resolve("README.md")).content().contains("| SHA-256 of the teacher's weights | ");
                assertThat(to.resolve("config.json")).content().contains("\"mean\" : [ 0.5 ]", "\"std\" : [ 0.25 ]");
            }
        }
    }

    private static void check(Broker broker) {
        final Map<String, Stream> streams = broker.table(TOPICS.streams());
        assertThat(streams).containsOnlyKeys("train", "val", "probe");
        assertThat(streams.get("train").getLastSequence()).isNull();
        for (final Map.Entry<String, Integer> whole : Map.of("val", VAL, "probe", TRAIN).entrySet())
            assertThat(imagesOf(broker, streams.get(whole.getKey()))).isEqualTo(whole.getValue().longValue());

        final List<BatchRecord> train = read(broker, streams.get("train"), OptionalLong.of(3));
        assertThat(train).extracting(BatchRecord::sequence).containsExactly(0L, 1L, 2L, 3L);
        final IngestPosition position = broker.table(TOPICS.positions()).get("train/0");
        assertThat(position.getNextSequence()).isPositive();

        final Map<String, CheckpointReady> checkpoints = broker.table(TOPICS.checkpoints());
        assertThat(checkpoints).containsOnlyKeys("teacher/0", "teacher/" + STEPS, "student/0", "student/" + STEPS);

        final Map<String, TrainingProgress> progress = broker.table(TOPICS.progress());
        for (final String run : List.of("teacher", "student")) {
            assertThat(progress.get(run).getState()).isEqualTo(RunState.FINISHED);
            assertThat(progress.get(run).getStep()).isEqualTo(STEPS);
        }
        assertThat(progress.get("student").getLosses()).containsKeys("total", "reconstruction", "distillation");

        final var evaluations = broker.table(TOPICS.evaluations()).values();
        for (final CheckpointReady checkpoint : checkpoints.values())
            assertThat(evaluations)
                    .filteredOn(each -> each.getRun().equals(checkpoint.getRun()) && each.getStep() == checkpoint.getStep())
                    .extracting(Evaluation::getSuite).containsExactlyInAnyOrder("knn", "reconstruction");
        assertThat(evaluations).as("each key once").hasSize(2 * checkpoints.size() + 1);
        assertThat(broker.table(TOPICS.promotions())).isNotEmpty();
        assertThat(broker.table(TOPICS.rejected())).isEmpty();
    }

    private static long imagesOf(Broker broker, Stream stream) {
        final Long last = stream.getLastSequence();
        assertThat(last).as("last sequence of " + stream.getName()).isNotNull();
        return read(broker, stream, OptionalLong.of(last)).stream().mapToLong(record -> record.batch().count()).sum();
    }

    private static List<BatchRecord> read(Broker broker, Stream stream, OptionalLong last) {
        return broker.batches(stream, StreamPosition.START, last, 8 << 20, "check").collectList()
                .block(Duration.ofSeconds(30));
    }

    private static void fail(String topic, String key, String where, String reason) {
        throw new AssertionError(key + " at " + where + ": " + reason);
    }

    private static Config settings(String bootstrapServers, Path directory) throws IOException {
        final Path data = Files.createDirectories(directory.resolve("data"));
        idx(data, "train", TRAIN, 1);
        idx(data, "t10k", VAL, 2);
        return Settings.over(ConfigFactory.parseString("""
                kafka.bootstrap.servers = "%s"
                metrics { enabled = true, address = "127.0.0.1:0" }
                page { enabled = true, address = "127.0.0.1:0" }
                ingest {
                  source = "idx:%s"
                  val.source = "idx:%s"
                  image = 12, channels = 1, mean = [0.5], std = [0.25], images-per-record = 7, recipe.name = none
                }
                trainer {
                  device = cpu, threads = 1, checkpoints = "%s", batch = %d, steps = %d, checkpoint-every = %d
                  runs = [
                    { name = teacher, objective = pretrain
                      model { width = 16, depth = 4, heads = 2, patch = 4 }, decoder { width = 8, depth = 1, heads = 2 } }
                    { name = student, objective = distill, teacher = "run:teacher"
                      model { width = 8, depth = 4, heads = 2, patch = 4 }, decoder { width = 8, depth = 1, heads = 2 } }
                  ]
                }
                """.formatted(bootstrapServers, data.resolve("train"), data.resolve("t10k"), directory.resolve("checkpoints"),
                BATCH,
                STEPS, STEPS)));
    }

    /** Writes 12x12 images of two kinds, horizontal stripes and vertical stripes, with noise. */
    private static void idx(Path data, String name, int count, long seed) throws IOException {
        final Random random = new Random(seed);
        final byte[] labels = new byte[count];
        final List<byte[]> images = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) random.nextInt(2);
            final byte[] image = new byte[144];
            for (int p = 0; p < 144; p++)
                image[p] = (byte) (((labels[i] == 0 ? p / 12 : p % 12) / 2 % 2) * 180 + random.nextInt(60));
            images.add(image);
        }
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(data.resolve(name + "-images-idx3-ubyte")))) {
            for (final int header : new int[]{2051, count, 12, 12})
                out.writeInt(header);
            for (final byte[] image : images)
                out.write(image);
        }
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(data.resolve(name + "-labels-idx1-ubyte")))) {
            out.writeInt(2049);
            out.writeInt(count);
            out.write(labels);
        }
    }
}
