package retort.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import retort.broker.SharedBroker;
import retort.console.StatusLine;
import retort.kafka.Broker;
import retort.trainer.audit.Audit;
import retort.trainer.audit.AuditReport;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.NotOwnerException;
import retort.trainer.pipeline.RunException;
import retort.trainer.weights.WeightsDigest;

/** Runs whose checkpoints, teachers and first weights lie in a bucket are those of a disk. */
class BucketRunTest extends RealTraining {
    private static final int STEPS = 60;

    private TestBucket bucket;

    @BeforeEach
    void openBucket() {
        bucket = TestBucket.start();
    }

    @AfterEach
    void closeBucket() throws IOException {
        bucket.close();
    }

    private Config config(Broker at, String runs) {
        return ConfigFactory.parseString(more()).withFallback(Training.config(at, checkpoints, runs));
    }

    private String more() {
        return "trainer.checkpoints = \"" + TestBucket.ROOT + "\"\n" + bucket.settings();
    }

    private void trainInBucket(String runs) {
        Training.run(config(broker, runs), engine);
    }

    private String sha256InBucket(String run) {
        return WeightsDigest.of(bucket.store().latest(run).orElseThrow().weights());
    }

    @Test
    void aRunThatIsKilledEndsWithTheBytesOfADisk() throws Exception {
        SmallStream.create(broker, "train").publish(STEPS * 7 / 4);
        final String run = Training.pretrain("killed", STEPS, ", checkpoint-every = 5");
        final Random moments = new Random();
        for (int kills = 0; kills < 3; kills++) {
            final Process trainer = process(run);
            final int until = bucket.server.keys(TestBucket.NAME, "").size() + 3 + moments.nextInt(9);
            await().atMost(Training.PATIENCE)
                    .until(() -> bucket.server.keys(TestBucket.NAME, "").size() > until || !trainer.isAlive());
            trainer.destroyForcibly().waitFor();
        }
        trainInBucket(run);
        train(Training.pretrain("calm", STEPS, ", checkpoints-per-run = 2"));

        assertThat(sha256InBucket("killed")).isEqualTo(weightsSha256("calm"));
        final AuditReport audit = new Audit(broker, bucket.store()).of("killed");
        assertThat(audit).isEqualTo(new AuditReport("killed", "train", STEPS, STEPS, STEPS * 7L, STEPS * 7 / 23, List.of()));
        assertThat(Training.checkpoints(broker).get("killed/" + STEPS).getUri()).startsWith(TestBucket.ROOT + "/killed/step-");
        assertThat(bucket.store().list("killed")).hasSize(STEPS / 5 + 1);
        assertThatThrownBy(() -> TrainerService.forget(config(broker, run), List.of("killed"))).isInstanceOf(RunException.class)
                .hasMessageContaining(TestBucket.ROOT + "/killed");
    }

    private Process process(String run) throws IOException {
        final List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow(), "-Xmx256m",
                "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "-Dai.djl.offline=true"));
        command.addAll(TestBucket.credentials());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), TrainerProcess.class.getName(),
                broker.kafka().bootstrapServers(), broker.topics().prefix(), checkpoints.toString(), run, more()));
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    }

    @Test
    void teachersAndFirstWeightsAreReadFromABucket() throws IOException {
        SmallStream.create(broker, "train").publish(40);
        train(Training.pretrain("teacher", 2, ""));
        final Checkpoint teacher = last("teacher");
        bucket.server.put(TestBucket.NAME, "models/t/weights.safetensors", Files.readAllBytes(teacher.weightsFile()));
        bucket.server.put(TestBucket.NAME, "models/t/checkpoint.json",
                Files.readAllBytes(teacher.directory().resolve("checkpoint.json")));
        final String there = "s3://runs/models/t/weights.safetensors";

        train(Training.distill("student", "file:" + teacher.weightsFile(), 3, "") + ","
                + Training.finetune("classifier", "file:" + teacher.weightsFile(), 3, ""));
        trainInBucket(Training.distill("student-b", there, 3, "") + "," + Training.finetune("classifier-b", there, 3, "") + ","
                + Training.finetune("classifier-c", "run:classifier-b", 2, ""));
        assertThat(sha256InBucket("student-b")).isEqualTo(weightsSha256("student"));
        assertThat(sha256InBucket("classifier-b")).isEqualTo(weightsSha256("classifier"));
        assertThat(bucket.store().latest("student-b").orElseThrow().state().teacher()).contains(there);
        assertThatThrownBy(() -> trainInBucket(Training.distill("none", "s3://runs/models/none.safetensors", 3, "")))
                .hasMessageContaining("run none has s3://runs/models/none.safetensors as its teacher");
    }

    /** Two brokers, so that the claim at the broker does not tell the trainers apart. */
    @Test
    void ofTwoTrainersOnOneRunInABucketOneOwnsIt() {
        final Broker other = Broker.at(SharedBroker.bootstrapServers(), SharedBroker.freshPrefix());
        final String run = Training.pretrain("shared", 12, ", checkpoint-every = 5");
        try (TrainerService older = TrainerService.start(config(broker, run), engine, StatusLine.SILENT)) {
            await().atMost(Training.PATIENCE).until(() -> bucket.server.keys(TestBucket.NAME, "").stream()
                    .anyMatch(key -> key.contains("/shared/owners/"))); // it has claimed the run, and waits for its stream
            SmallStream.create(other, "train").publish(20);
            Training.run(config(other, run), engine);
            SmallStream.create(broker, "train").publish(20);
            assertThatThrownBy(() -> older.done().block(Training.PATIENCE)).isInstanceOf(NotOwnerException.class)
                    .hasMessageContaining(TestBucket.ROOT + "/shared");
        }
        assertThat(bucket.store().list("shared")).extracting(each -> each.state().step()).containsExactly(0L, 5L, 10L, 12L);
        assertThat(new Audit(other, bucket.store()).of("shared").isClean()).isTrue();
        train(Training.pretrain("calm", 12, ""));
        assertThat(sha256InBucket("shared")).isEqualTo(weightsSha256("calm"));
    }

    @Test
    void checkpointsOnAWebServerAreRefused() {
        assertThatThrownBy(() -> Training.run(ConfigFactory.parseString("trainer.checkpoints = \"https://host/x\"")
                .withFallback(Training.config(broker, checkpoints, Training.pretrain("a", 1, ""))), engine))
                .hasMessageContaining("trainer.checkpoints").hasMessageContaining("s3://BUCKET/FOLDER");
    }
}
