package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.broker.SharedBroker;
import retort.bucket.EmbeddedS3;
import retort.bucket.FaultyProxy;
import retort.console.StatusLine;
import retort.evaluator.EvaluatorService;
import retort.evaluator.feed.EvaluationFeed;
import retort.ingest.IngestService;
import retort.kafka.Broker;
import retort.place.Places;
import retort.settings.Settings;
import retort.trainer.TrainerService;
import retort.trainer.audit.Audit;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.engine.Engine;

/**
 * A whole job from shards in a bucket, with its checkpoints in a bucket, in processes of its own that are killed, against the same job
 * on a disk without a kill.
 */
class BucketJobTest {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final int SHARDS = 3;
    private static final int IMAGES = 40;
    private static final int STEPS = 40;
    private static final String CHECKPOINTS = "s3://models/runs";

    @TempDir
    private Path directory;

    @Test
    void endsWithTheBytesOfADisk() throws Exception {
        for (int shard = 0; shard < SHARDS + 1; shard++)
            Files.write(directory.resolve("train-%02d.tar".formatted(shard)), shard(shard));
        final Broker calm = Broker.at(SharedBroker.bootstrapServers(), SharedBroker.freshPrefix());
        final Broker killed = Broker.at(SharedBroker.bootstrapServers(), SharedBroker.freshPrefix());
        final Config onDisk = load("disk.conf",
                settings(calm, directory.toString(), directory.resolve("checkpoints").toString(), ""));
        runInPeace(onDisk);

        try (EmbeddedS3 server = EmbeddedS3.start("data", "models");
                FaultyProxy proxy = FaultyProxy.before(server.endpoint()).withConditionalWrites(server)) {
            for (int shard = 0; shard < SHARDS + 1; shard++)
                server.put("data", "in1k/train-%02d.tar".formatted(shard), shard(shard));
            final Config inBucket = load("bucket.conf", settings(killed, "s3://data/in1k", CHECKPOINTS,
                    "places.s3 { endpoint = \"" + proxy.endpoint() + "\", region = eu-west-1 }\n"));
            runUnderKills(server);

            final CheckpointStore disk = new CheckpointStore(directory.resolve("checkpoints"));
            System.setProperty("aws.accessKeyId", EmbeddedS3.ACCESS_KEY);
            System.setProperty("aws.secretAccessKey", EmbeddedS3.SECRET_KEY);
            try (Places places = Places.from(inBucket)) {
                final CheckpointStore bucket = new CheckpointStore(places.file(CHECKPOINTS));
                for (final String run : List.of("teacher", "student")) {
                    assertThat(digests(bucket, run)).as(run).hasSize(STEPS / 10 + 1).isEqualTo(digests(disk, run));
                    assertThat(new Audit(killed, bucket).of(run).findings()).as(run).isEmpty();
                }
                assertThat(evaluations(killed)).hasSize(2 * 2 * (STEPS / 10 + 1)).isEqualTo(evaluations(calm));
                export(bucket);
            } finally {
                System.clearProperty("aws.accessKeyId");
                System.clearProperty("aws.secretAccessKey");
            }
        }
    }

    private void runInPeace(Config config) {
        try (Engine engine = TrainerService.engine(config);
                IngestService _ = IngestService.start(config, StatusLine.SILENT);
                EvaluatorService evaluator = EvaluatorService.start(config, engine, StatusLine.SILENT);
                TrainerService trainer = TrainerService.start(config, engine, StatusLine.SILENT)) {
            trainer.done().block(PATIENCE);
            evaluator.caughtUp().block(PATIENCE);
        }
    }

    private void runUnderKills(EmbeddedS3 server) throws Exception {
        final Random moments = new Random();
        try (RetortProcess _ = start("ingest")) {
            for (int kills = 0; kills < 3; kills++) {
                final int until = server.keys("models", "").size() + 2 + moments.nextInt(8);
                try (RetortProcess trainer = start("train")) {
                    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20))
                            .until(() -> server.keys("models", "").size() > until || !trainer.isAlive());
                } // killed
            }
            try (RetortProcess _ = start("evaluate"); RetortProcess trainer = start("train")) {
                assertThat(trainer.await(PATIENCE)).as(trainer.out() + trainer.err()).isZero();
            } // the evaluator is killed, too
            try (RetortProcess audit = start("audit", "--run", "student")) {
                assertThat(audit.await(PATIENCE)).as(audit.out() + audit.err()).isZero();
            }
            try (RetortProcess evaluator = start("evaluate")) {
                await().atMost(PATIENCE).until(() -> !evaluator.isAlive()
                        || evaluations(Broker.from(load("bucket.conf"))).size() == 2 * 2 * (STEPS / 10 + 1));
                assertThat(evaluator.isAlive()).as(evaluator.out() + evaluator.err()).isTrue();
            }
        }
    }

    private void export(CheckpointStore bucket) throws Exception {
        final Path last = bucket.latest("student").orElseThrow().directory();
        try (RetortProcess export = start("export", last.toString(), directory.resolve("exported").toString())) {
            assertThat(export.await(PATIENCE)).as(export.out() + export.err()).isZero();
            assertThat(directory.resolve("exported/model.safetensors")).exists();
        }
        try (RetortProcess export = start("export", last.toString(), "s3://models/exported")) {
            assertThat(export.await(PATIENCE)).isEqualTo(2);
            assertThat(export.err()).contains("TO is a folder or a file on a disk");
        }
    }

    private RetortProcess start(String command, String... more) throws IOException {
        final String[] arguments = new String[more.length + 3];
        arguments[0] = command;
        System.arraycopy(more, 0, arguments, 1, more.length);
        arguments[more.length + 1] = "--config";
        arguments[more.length + 2] = directory.resolve("bucket.conf").toString();
        return RetortProcess.startIn(Map.of("AWS_ACCESS_KEY_ID", EmbeddedS3.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY",
                EmbeddedS3.SECRET_KEY), directory, arguments);
    }

    private Config load(String name, String settings) throws IOException {
        Files.writeString(directory.resolve(name), settings);
        return load(name);
    }

    private Config load(String name) {
        return Settings.load(Optional.of(directory.resolve(name)), List.of());
    }

    private static String settings(Broker broker, String data, String checkpoints, String more) {
        return more + """
                kafka.bootstrap.servers = "%s"
                topics.prefix = "%s"
                seed = 5
                ingest {
                  source = "webdataset:%s/train-{00..%02d}.tar", val.source = "webdataset:%s/train-%02d.tar"
                  image = 28, channels = 1, mean = [0.5], std = [0.25], recipe.name = none, images-per-record = 7
                }
                evaluator { suites = [knn, reconstruction], yardstick = false }
                trainer {
                  device = cpu, threads = 1, lease = 2s, progress-every = 100ms, checkpoints = "%s", batch = 10
                  checkpoint-every = 10, steps = %d, decoder { width = 16, depth = 1, heads = 2 }
                  runs = [
                    { name = teacher, objective = pretrain, model { width = 32, depth = 3, heads = 2, patch = 7 } }
                    { name = student, objective = distill, teacher = "run:teacher"
                      model { width = 16, depth = 3, heads = 2, patch = 7 } }
                  ]
                }
                """.formatted(broker.kafka().bootstrapServers(), broker.topics().prefix(), data, SHARDS - 1, data, SHARDS,
                checkpoints, STEPS);
    }

    /** Length and SHA-256 of the files of each checkpoint. */
    private static Map<Long, String> digests(CheckpointStore store, String run) {
        final Map<Long, String> digests = new TreeMap<>();
        store.list(run).forEach(
                checkpoint -> digests.put(checkpoint.state().step(),
                        checkpoint.weightsDigest() + " " + checkpoint.optimizerDigest()));
        return digests;
    }

    private static Map<String, Map<String, Double>> evaluations(Broker broker) {
        final Map<String, Map<String, Double>> evaluations = new TreeMap<>();
        new EvaluationFeed(broker).present().forEach(each -> {
            assertThat(each.getError()).isNull();
            evaluations.put(each.getRun() + "/" + each.getStep() + "/" + each.getSuite(), each.getMetrics());
        });
        return evaluations;
    }

    /** A tar of grey PNG images with their labels, as {@code tar --format=ustar} writes it. */
    private static byte[] shard(int number) throws IOException {
        final ByteArrayOutputStream tar = new ByteArrayOutputStream();
        final Random random = new Random(number);
        for (int i = 0; i < IMAGES; i++) {
            final BufferedImage image = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
            final int label = i % 4;
            for (int y = 0; y < 28; y++)
                for (int x = 0; x < 28; x++)
                    image.getRaster().setSample(x, y, 0, (label % 2 == 0 ? x : y) * (label < 2 ? 9 : 4) + random.nextInt(12));
            final ByteArrayOutputStream png = new ByteArrayOutputStream();
            ImageIO.write(image, "png", png);
            member(tar, "%02d%04d.png".formatted(number, i), png.toByteArray());
            member(tar, "%02d%04d.cls".formatted(number, i), Integer.toString(label).getBytes(StandardCharsets.UTF_8));
        }
        tar.write(new byte[1024]);
        return tar.toByteArray();
    }

    private static void member(ByteArrayOutputStream tar, String name, byte[] content) {
        final byte[] header = new byte[512];
        field(header, 0, name);
        field(header, 100, "0000644\0");
        field(header, 108, "0000000\0");
        field(header, 116, "0000000\0");
        field(header, 124, "%011o\0".formatted(content.length));
        field(header, 136, "00000000000\0");
        field(header, 148, "        ");
        header[156] = '0';
        field(header, 257, "ustar\00000");
        int sum = 0;
        for (final byte each : header)
            sum += each & 0xFF;
        field(header, 148, "%06o\0 ".formatted(sum));
        tar.writeBytes(header);
        tar.writeBytes(content);
        tar.write(new byte[(512 - content.length % 512) % 512], 0, (512 - content.length % 512) % 512);
    }

    private static void field(byte[] header, int at, String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
