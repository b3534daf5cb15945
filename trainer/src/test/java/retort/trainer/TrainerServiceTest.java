package retort.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import retort.broker.SharedBroker;
import retort.kafka.Broker;
import retort.record.CheckpointReady;
import retort.record.RunState;
import retort.record.TrainingProgress;
import retort.settings.SettingException;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;
import retort.trainer.pipeline.RunException;
import retort.trainer.pipeline.RunFencedException;
import retort.trainer.weights.WeightsException;

/** Runs the service on a real broker, with real tensors and a stream whose records do not fit into whole batches. */
class TrainerServiceTest extends RealTraining {
    @Test
    void trainsATeacherThenDistilsAStudentFromIt() {
        SmallStream.create(broker, "train").publish(40);

        train(Training.pretrain("teacher", 20, ", checkpoints-per-run = 3") + ","
                + Training.distill("student", "run:teacher", 15, ""));

        final Map<String, CheckpointReady> announced = Training.checkpoints(broker);
        assertThat(announced).containsOnlyKeys("teacher/0", "teacher/10", "teacher/20", "student/0", "student/15");
        assertThat(announced.get("student/15").getTeacher()).isEqualTo("run:teacher");
        assertThat(announced.get("student/15").getObjective()).isEqualTo("distill");
        assertThat(announced.get("student/15").getNextSequence()).as("105 images, 23 in five records").isEqualTo(22);
        assertThat(state("student").usedImages()).isEqualTo(3);
        assertThat(state("student").identity().settings()).containsEntry("teacher", "sha256:" + weightsSha256("teacher"));
        assertThat(Training.progress(broker).values()).extracting(TrainingProgress::getState)
                .containsExactly(RunState.FINISHED, RunState.FINISHED);
        assertThat(Training.progress(broker).get("student").getLosses()).containsOnlyKeys("total", "reconstruction",
                "distillation");
        final List<TrainingProgress> teacher = Training.allProgress(broker, "teacher").stream()
                .filter(progress -> !progress.getLosses().isEmpty()).toList();
        assertThat(teacher.getLast().getLosses().get("total")).isLessThan(teacher.getFirst().getLosses().get("total"));
    }

    @Test
    void aTeacherMayComeFromAFile() {
        SmallStream.create(broker, "train").publish(12);
        train(Training.pretrain("teacher", 2, ""));
        final Path known = last("teacher").weightsFile(); // the state beside it contains the number of heads
        final Path file = checkpoints.resolve("moved.safetensors");
        assertDoesNotThrow(() -> Files.copy(known, file));
        final String student = Training.distill("student", "file:" + file, 3, "");

        assertThatThrownBy(() -> train(student)).isInstanceOf(WeightsException.class)
                .hasMessageContaining("2 blocks of width 24 do not say how many attention heads they have")
                .hasMessageContaining("set teacher-model");
        train(Training.distill("other", "file:" + known, 3, ""));
        train(Training.distill("student", "file:" + file, 3,
                ", teacher-model = {width = 24, depth = 2, heads = 2, patch = 4}"));

        assertThat(Training.checkpoints(broker).get("student/3").getTeacher()).isEqualTo(file.toUri().toString());
    }

    /** Else its figures would be taken for those of the other teacher. */
    @Test
    void aFinishedRunWithAnotherTeacherOrOtherFirstWeightsIsRefused() {
        SmallStream.create(broker, "train").publish(12);
        train(Training.pretrain("one", 2, "") + "," + Training.pretrain("two", 2, ", seed = 9"));
        final Path one = last("one").weightsFile();
        final Path two = last("two").weightsFile();
        train(Training.distill("student", "file:" + one, 3, "") + "," + Training.distill("pupil", "run:one", 3, "")
                + "," + Training.finetune("classifier", "run:one", 3, ""));

        assertThatThrownBy(() -> train(Training.distill("student", "file:" + two, 3, ""))).isInstanceOf(RunException.class)
                .hasMessageContaining("run student has a checkpoint at step 3 and had other weights than those of file:" + two
                        + " as teacher; put them back, or give the run another name to begin anew");
        assertThatThrownBy(() -> train(Training.distill("pupil", "run:two", 3, ""))).hasMessageContaining("those of run:two");
        assertThatThrownBy(() -> train(Training.finetune("classifier", "run:two", 3, "")))
                .hasMessageContaining("those of run:two as init");
        assertThatThrownBy(() -> train(Training.finetune("classifier", "scratch", 3, "")))
                .hasMessageContaining("started from other weights");
        train(Training.distill("student", "file:" + one, 3, "") + "," + Training.distill("pupil", "run:one", 3, "")
                + "," + Training.finetune("classifier", "run:one", 3, ""));
        train(Training.distill("student", "file:" + one + ".gone", 3, ""));
    }

    @Test
    void aTeacherThatIsNotFinishedIsRefused() {
        SmallStream.create(broker, "train").publish(3);

        assertThatThrownBy(() -> train(Training.distill("student", "run:teacher", 3, ""))).isInstanceOf(RunException.class)
                .hasMessageContaining("there is no checkpoint of teacher: list it before student in trainer.runs");
    }

    @Test
    void resumesWhereTheLastFinishedStepLeftOffBitByBit() {
        SmallStream.create(broker, "train").publish(20);
        train(Training.pretrain("calm", 12, ""));

        final SmallStream slow = SmallStream.create(broker, "slow");
        final String stopped = Training.pretrain("stopped", 12, ", stream = slow");
        for (final int steps : new int[]{2, 5, 8}) { // the steps that a few records allow
            slow.publish(4);
            try (TrainerService _ = begin(stopped)) {
                await().atMost(Training.PATIENCE).until(() -> Training.steps(broker, "stopped") == steps);
            }
            assertThat(state("stopped").step()).isEqualTo(steps);
            assertThat(Training.progress(broker).get("stopped").getState()).isEqualTo(RunState.STOPPED);
        }
        slow.publish(8);
        train(stopped);

        assertThat(weightsSha256("stopped")).isEqualTo(weightsSha256("calm"));
        assertThat(Training.checkpoints(broker)).containsKeys("stopped/2", "stopped/5", "stopped/8", "stopped/12");
    }

    @Test
    void finishedRunsAreSkippedAndAnnouncedAgain() {
        SmallStream.create(broker, "train").publish(10);
        final String run = Training.pretrain("done", 3, "");
        train(run);
        final String weights = weightsSha256("done");
        final Broker elsewhere = Broker.at(SharedBroker.bootstrapServers(), SharedBroker.freshPrefix()); // no announcement exists

        Training.run(Training.config(elsewhere, checkpoints, run), engine);

        assertThat(Training.checkpoints(elsewhere)).containsOnlyKeys("done/3");
        assertThat(Training.progress(elsewhere).get("done").getState()).isEqualTo(RunState.FINISHED);
        assertThat(weightsSha256("done")).isEqualTo(weights);
    }

    @Test
    void otherSettingsThanTheCheckpointsAreRefusedByName() {
        SmallStream.create(broker, "train").publish(10);
        train(Training.pretrain("run", 3, ""));

        assertThatThrownBy(() -> train(Training.pretrain("run", 4, ", batch = 6"))).isInstanceOf(RunException.class)
                .hasMessageStartingWith("run run has a checkpoint at step 3 under other settings: batch was 7 and is 6;")
                .hasMessageContaining("steps was 3 and is 4").hasMessageEndingWith("or give the run another name to begin anew");
        assertThat(Training.progress(broker).get("run").getState()).isEqualTo(RunState.FAILED);
    }

    @Test
    void anotherThreadCountThanTheCheckpointsIsRefused() {
        final SmallStream stream = SmallStream.create(broker, "train").publish(3);
        final String run = Training.pretrain("run", 9, "");
        try (TrainerService _ = begin(run)) {
            await().atMost(Training.PATIENCE).until(() -> Training.steps(broker, "run") == 2);
        }
        stream.publish(20);

        try (Engine two = Engine.start(new EngineSettings("cpu", 2))) {
            assertThatThrownBy(() -> Training.run(Training.config(broker, checkpoints, run), two))
                    .isInstanceOf(RunException.class).hasMessageContaining("threads was 1 and is 2");
        }
    }

    @Test
    void aSecondTrainerWithTheSameRunIdFencesTheFirst() {
        final SmallStream stream = SmallStream.create(broker, "train").publish(3);
        final String run = Training.pretrain("run", 6, "");
        try (TrainerService first = begin(run)) {
            await().atMost(Training.PATIENCE).until(() -> Training.steps(broker, "run") == 2);
            try (TrainerService second = begin(run)) {
                assertThatThrownBy(() -> first.done().block(Training.PATIENCE)).isInstanceOf(RunFencedException.class)
                        .hasMessageStartingWith("run run was taken over by another trainer with the same run id");
                stream.publish(10);
                second.done().block(Training.PATIENCE);
            }
        }
        assertThat(Training.progress(broker).get("run").getState()).isEqualTo(RunState.FINISHED);
        assertThat(state("run").step()).isEqualTo(6);
    }

    @Test
    void aRunWithoutDataSaysThatItWaitsAndGoesOnWhenThereIsSome() {
        final SmallStream stream = SmallStream.create(broker, "train");
        try (TrainerService service = begin(Training.pretrain("run", 3, ""))) {
            await().atMost(Training.PATIENCE).until(() -> Training.progress(broker).containsKey("run")
                    && Training.progress(broker).get("run").getState() == RunState.WAITING);
            stream.publish(5);
            service.done().block(Training.PATIENCE);
        }
        assertThat(Training.allProgress(broker, "run")).extracting(TrainingProgress::getState)
                .containsSubsequence(RunState.STARTING, RunState.WAITING, RunState.FINISHED);
    }

    @Test
    void aLongStepDoesNotSilenceTheRun() {
        SmallStream.create(broker, "train").publish(5);
        final CountDownLatch over = new CountDownLatch(1);
        engine.submit(() -> {
            over.await();
            return true;
        }).subscribe();
        try (TrainerService service = begin(Training.pretrain("run", 3, ""))) {
            Training.progressOf(broker, "run").take(5).blockLast(Training.PATIENCE);
            assertThat(service.done().toFuture()).isNotDone();
            over.countDown();
            service.done().block(Training.PATIENCE);
        } finally {
            over.countDown();
        }
    }

    @Test
    void aCheckpointThatRetentionHasOutrunStopsWithAWayOut() throws Exception {
        final SmallStream stream = SmallStream.create(broker, "train").publish(4);
        final String run = Training.pretrain("run", 9, "");
        try (TrainerService _ = begin(run)) {
            await().atMost(Training.PATIENCE).until(() -> Training.steps(broker, "run") == 2);
        }
        stream.publish(20);
        try (Admin admin = Admin.create(broker.kafka().with(Map.of()))) {
            admin.deleteRecords(Map.of(new TopicPartition(broker.topics().images("train"), 0), RecordsToDelete.beforeOffset(6),
                    new TopicPartition(broker.topics().images("train"), 1), RecordsToDelete.beforeOffset(6))).all().get();
        }

        assertThatThrownBy(() -> train(run)).isInstanceOf(RunException.class)
                .hasMessageStartingWith("run run cannot go on at step 2: ")
                .hasMessageEndingWith("begin a run under another name with start = earliest");
        train(Training.pretrain("other", 3, ", start = earliest"));
        assertThat(state("other").startSequence()).isGreaterThan(4);
    }

    @Test
    void aNewRunMayBeginAtASequenceOrAtTheEnd() {
        final SmallStream stream = SmallStream.create(broker, "train").publish(11);

        train(Training.pretrain("middle", 1, ", start = 6"));
        try (TrainerService service = begin(Training.pretrain("end", 1, ", start = latest"))) {
            await().atMost(Training.PATIENCE).until(() -> Training.checkpoints(broker).containsKey("end/0"));
            stream.publish(4);
            service.done().block(Training.PATIENCE);
        }

        assertThat(state("middle").startSequence()).isEqualTo(6);
        assertThat(state("middle").position().nextSequence()).isEqualTo(7);
        assertThat(state("end").startSequence()).isEqualTo(11);
    }

    @Test
    void aCheckpointIntervalThatRetentionCannotHoldIsRefused() {
        SmallStream.create(broker, "train", 4 << 20);

        assertThatThrownBy(() -> train(Training.pretrain("run", 100_000, ", checkpoint-every = 5000")))
                .isInstanceOf(RunException.class).hasMessageContaining("run run would be saved every 5000 steps of 7 images")
                .hasMessageContaining("the broker keeps 4 MiB").hasMessageContaining("save every 1040 steps or more often");
    }

    @Test
    void aLossThatIsNoNumberStopsTheRunAndNamesTheLastGoodCheckpoint() {
        SmallStream.create(broker, "train").publish(200);

        assertThatThrownBy(() -> train(Training.pretrain("wild", 100,
                ", checkpoint-every = 2, optimizer { lr = 1000, warm-up = 0, weight-decay = 1000 }")))
                .isInstanceOf(RunException.class).hasMessageContaining("run wild broke at step ")
                .hasMessageContaining("is not a finite number; the last good checkpoint is " + checkpoints);
        assertThat(Training.progress(broker).get("wild").getState()).isEqualTo(RunState.FAILED);
        final Path good = last("wild").weightsFile();
        assertThat(retort.trainer.weights.SafeTensors.read(good).get("cls_token").floats()).doesNotContain(Float.NaN);
    }

    @Test
    void aStreamThatEndsBeforeTheRunIsNamed() {
        SmallStream.create(broker, "train").publish(5).complete();

        assertThatThrownBy(() -> train(Training.pretrain("run", 5, ""))).isInstanceOf(RunException.class)
                .hasMessageContaining("stream train ended at step 3 of 5 of run run");
        assertThat(state("run").step()).isEqualTo(3);
    }

    @Test
    void settingsThatAreNotAllowedStopTheStart() {
        assertThatThrownBy(() -> begin(Training.pretrain("run", 5, ", momentum = 0.9"))).isInstanceOf(SettingException.class)
                .hasMessageContaining("unknown setting trainer.runs[0].momentum");
        assertThat(checkpoints).isEmptyDirectory();
    }

    private TrainingState state(String run) {
        return last(run).state();
    }
}
