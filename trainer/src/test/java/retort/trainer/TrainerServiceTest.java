package retort.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.kafka.KafkaSettings;
import retort.kafka.Topics;
import retort.record.CheckpointReady;
import retort.record.RunState;
import retort.record.TrainingProgress;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;

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

        Training.run(Training.config(kafka, topics, checkpoints,
                Training.pretrain("teacher", 20, "checkpoint-every = 1, checkpoints-per-run = 3") + ","
                        + Training.distill("student", "run:teacher", 15)),
                engine);

        assertThat(Training.checkpoints(kafka, topics)).containsOnlyKeys("teacher/0", "teacher/10", "teacher/20", "student/0",
                "student/15");
        final CheckpointReady student = Training.checkpoints(kafka, topics).get("student/15");
        assertThat(student.getTeacher()).isEqualTo("run:teacher");
        assertThat(student.getObjective()).isEqualTo("distill");
        assertThat(student.getNextSequence()).isEqualTo(22);
        final TrainingState state = new CheckpointStore(checkpoints).latest("student").orElseThrow().state();
        assertThat(state.teacherSha256()).contains(Training.checkpoints(kafka, topics).get("teacher/20").getSha256());
        assertThat(Training.progress(kafka, topics).values()).extracting(TrainingProgress::getState)
                .containsExactly(RunState.FINISHED, RunState.FINISHED);
        final List<TrainingProgress> teacher = Training.allProgress(kafka, topics, "teacher").stream()
                .filter(progress -> !progress.getLosses().isEmpty()).toList();
        assertThat(teacher.getLast().getLosses().get("total")).isLessThan(teacher.getFirst().getLosses().get("total"));
        assertThat(Training.progress(kafka, topics).get("student").getLosses()).containsOnlyKeys("total", "reconstruction",
                "distillation");
    }
}
