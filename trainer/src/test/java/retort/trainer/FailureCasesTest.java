package retort.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import retort.broker.SharedBroker;
import retort.kafka.Broker;
import retort.trainer.audit.Audit;
import retort.trainer.audit.AuditReport;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.pipeline.RunException;

/** The failure cases of a run that the design page names, each as a test. An epoch of the stream has 23 samples, a step takes seven. */
class FailureCasesTest extends RealTraining {
    /** Ten records hold 46 images: six steps, of which the sixth is behind the last checkpoint. */
    @Test
    void crashAfterAStepBeforeItsCheckpoint() throws Exception {
        final SmallStream stream = SmallStream.create(broker, "train").publish(10);
        final String run = Training.pretrain("crashed", 12, ", checkpoint-every = 5");
        final Process trainer = TrainerProcess.start(broker, checkpoints, run);
        await().atMost(Training.PATIENCE).until(() -> Training.steps(broker, "crashed") == 6);
        trainer.destroyForcibly().waitFor();
        assertThat(last("crashed").state().step()).isEqualTo(5);

        stream.publish(10);
        train(run + "," + Training.pretrain("calm", 12, ""));

        assertEndsAsIfNothingHadHappened("crashed", 12);
    }

    /** Kills until a kill has left a checkpoint half written, which the folder aside shows. */
    @Test
    void crashWhileWritingACheckpoint() throws Exception {
        SmallStream.create(broker, "train").publish(400);
        final String run = Training.pretrain("crashed", 200, ", checkpoint-every = 1");
        boolean torn = false;
        for (int kills = 0; kills < 20 && !torn && newest("crashed") < 180; kills++) {
            final Process trainer = TrainerProcess.start(broker, checkpoints, run);
            final long before = newest("crashed");
            await().atMost(Training.PATIENCE).pollInterval(Duration.ofMillis(1)).pollDelay(Duration.ZERO)
                    .until(() -> newest("crashed") > before + 1 && !aside("crashed").isEmpty() || !trainer.isAlive());
            trainer.destroyForcibly().waitFor();
            torn = !aside("crashed").isEmpty();
        }
        assertThat(torn).as("a kill that struck while a checkpoint was written").isTrue();

        train(run + "," + Training.pretrain("calm", 200, ""));

        assertThat(aside("crashed")).isEmpty();
        assertEndsAsIfNothingHadHappened("crashed", 200);
    }

    @Test
    void resumeOfAResume() {
        resumedAt(2, 4);
    }

    @Test
    void resumeInEpochsTwoAndLater() {
        resumedAt(5, 9, 11); // 35, 63 and 77 images: in the second, third and fourth epoch
    }

    private void resumedAt(int... stops) {
        SmallStream.create(broker, "train").publish(20);
        final String run = Training.pretrain("resumed", 12, ", stream = slow");
        train(Training.pretrain("calm", 12, ""));
        final SmallStream slow = SmallStream.create(broker, "slow");
        int records = 0;
        for (final int steps : stops) {
            final int needed = recordsOf(steps * 7);
            slow.publish(needed - records);
            records = needed;
            try (TrainerService _ = begin(run)) {
                await().atMost(Training.PATIENCE).until(() -> Training.steps(broker, "resumed") >= steps);
            }
            assertThat(last("resumed").state().step()).isGreaterThanOrEqualTo(steps).isLessThan(12);
        }
        slow.publish(20 - records);
        train(run);

        assertEndsAsIfNothingHadHappened("resumed", 12);
    }

    /** Number of records that hold so many images: an epoch is four records of five images and one of three. */
    private static int recordsOf(int images) {
        return images / 23 * 5 + Math.ceilDiv(images % 23, 5);
    }

    /** The stream was published anew under the same settings, and less of it. The topic's id tells that before its end does. */
    @Test
    void checkpointAfterLogEnd() {
        SmallStream.create(broker, "train").publish(20);
        final CheckpointStore store = new CheckpointStore(checkpoints);
        train(Training.pretrain("begun", 12, ", checkpoint-every = 4"));
        store.delete(store.list("begun").getLast());
        final Broker other = Broker.at(SharedBroker.bootstrapServers(), SharedBroker.freshPrefix());
        SmallStream.create(other, "train").publish(3);

        assertThatThrownBy(() -> Training.run(Training.config(other, checkpoints, Training.pretrain("begun", 12, "")), engine))
                .isInstanceOf(RunException.class)
                .hasMessageStartingWith("run begun cannot go on: topic " + other.topics().images("train"))
                .hasMessageContaining("is not the topic that the position was saved for");
    }

    @Test
    void aMissingTeacherAtAResume() throws IOException {
        final SmallStream stream = SmallStream.create(broker, "train").publish(5);
        train(Training.pretrain("teacher", 3, ""));
        final String student = Training.distill("student", "run:teacher", 9, "");
        try (TrainerService _ = begin(student)) {
            await().atMost(Training.PATIENCE).until(() -> Training.steps(broker, "student") == 3);
        }
        final Path away = Files.move(checkpoints.resolve("teacher"), checkpoints.resolve("away"));
        stream.publish(15);

        assertThatThrownBy(() -> train(student)).isInstanceOf(RunException.class).hasMessage(
                "run student has run:teacher as its teacher, but there is no checkpoint of teacher: list it before student in"
                        + " trainer.runs");
        Files.move(away, checkpoints.resolve("teacher"));
        train(student);
        assertThat(last("student").state().step()).isEqualTo(9);
    }

    private void assertEndsAsIfNothingHadHappened(String run, long steps) {
        assertThat(weightsSha256(run)).isEqualTo(weightsSha256("calm"));
        final AuditReport audit = new Audit(broker, new CheckpointStore(checkpoints)).of(run);
        assertThat(audit.findings()).isEmpty();
        assertThat(audit.compared()).isEqualTo(steps);
    }

    private long newest(String run) {
        return new CheckpointStore(checkpoints).list(run).stream().mapToLong(each -> each.state().step()).max().orElse(-1);
    }

    private List<Path> aside(String run) throws IOException {
        if (!Files.isDirectory(checkpoints.resolve(run)))
            return List.of();
        try (var files = Files.list(checkpoints.resolve(run))) {
            return files.filter(file -> file.getFileName().toString().startsWith(".aside-")).toList();
        }
    }
}
