package retort.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.console.StatusLine;
import retort.kafka.KafkaSettings;
import retort.kafka.Topics;
import retort.record.CheckpointReady;
import retort.record.RunState;
import retort.record.TrainingProgress;
import retort.settings.SettingException;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;
import retort.trainer.pipeline.RunException;
import retort.trainer.pipeline.RunFencedException;

/** The service on a real broker, with real tensors and a stream whose records fit no batch. */
class TrainerServiceTest {
    private static KafkaSettings kafka;
    private static Engine engine;

    private final Topics topics = TestBroker.topics();

    @TempDir
    private Path checkpoints;

    @BeforeAll
    static void start() {
        kafka = TestBroker.kafka();
        engine = Engine.start(new EngineSettings("cpu", 1));
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @Test
    void trainsATeacherThenDistilsAStudentFromIt() {
        SmallStream.create(kafka, topics, "train").publish(40);

        train(Training.pretrain("teacher", 20, "checkpoints-per-run = 3") + "," + Training.distill("student", "run:teacher", 15));

        final Map<String, CheckpointReady> announced = Training.checkpoints(kafka, topics);
        assertThat(announced).containsOnlyKeys("teacher/0", "teacher/10", "teacher/20", "student/0", "student/15");
        assertThat(announced.get("student/15").getTeacher()).isEqualTo("run:teacher");
        assertThat(announced.get("student/15").getObjective()).isEqualTo("distill");
        assertThat(announced.get("student/15").getNextSequence()).as("105 images, 23 in five records").isEqualTo(22);
        final TrainingState state = state("student");
        assertThat(state.usedImages()).isEqualTo(3);
        assertThat(state.teacherSha256()).contains(announced.get("teacher/20").getSha256());
        assertThat(Training.progress(kafka, topics).values()).extracting(TrainingProgress::getState)
                .containsExactly(RunState.FINISHED, RunState.FINISHED);
        assertThat(Training.progress(kafka, topics).get("student").getLosses()).containsOnlyKeys("total", "reconstruction",
                "distillation");
        final List<TrainingProgress> teacher = Training.allProgress(kafka, topics, "teacher").stream()
                .filter(progress -> !progress.getLosses().isEmpty()).toList();
        assertThat(teacher.getLast().getLosses().get("total")).isLessThan(teacher.getFirst().getLosses().get("total"));
    }

    @Test
    void aTeacherMayComeFromAFile() {
        SmallStream.create(kafka, topics, "train").publish(12);
        train(Training.pretrain("teacher", 2, ""));
        final Path file = new CheckpointStore(checkpoints).latest("teacher").orElseThrow().weightsFile();

        train(Training.distill("student", "file:" + file, 3).replaceFirst("}$",
                ", teacher-model { width = 24, depth = 2, heads = 2, patch = 4 }}").replaceFirst("\\}\\}, ", "}, "));

        assertThat(Training.checkpoints(kafka, topics).get("student/3").getTeacher()).isEqualTo(file.toUri().toString());
    }

    @Test
    void resumesWhereTheLastFinishedStepLeftOffBitByBit() {
        SmallStream.create(kafka, topics, "train").publish(30);
        final String calm = Training.pretrain("calm", 12, "");
        final String stopped = Training.pretrain("stopped", 12, "");
        train(calm);

        final SmallStream stream = SmallStream.create(kafka, topics, "slow");
        for (int pause = 0; pause < 4; pause++) { // a stop within every few records
            stream.publish(6);
            final long steps = pause * 3 + 2;
            try (TrainerService service = begin(stopped.replaceFirst("}$", "").replaceFirst("\\}$", "}, stream = slow}"))) {
                await().atMost(Training.PATIENCE).until(() -> steps(stopped(), "stopped") >= Math.min(steps, 12));
            }
        }
        train(stopped.replaceFirst("\\}$", ", stream = slow}"));

        assertThat(Training.weightsSha256(checkpoints, "stopped")).isEqualTo(Training.weightsSha256(checkpoints, "calm"));
    }
}
