package retort.compose.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import retort.settings.SettingException;
import retort.trainer.learn.Precision;

/** The study is that of {@link StudyTest}: students of 12 blocks, which take 20 steps. */
class StudyCheckTest {
    private static final String DISTIL = "study.grid = [{name = a, values = [{name = x, set { student { objective = distill, teacher = ";

    @TempDir
    private Path directory;

    private static StudyCheck check(String... more) throws Exception {
        final Config config = StudyTest.config(more);
        return StudyCheck.of(Study.of(config), config);
    }

    @Test
    void aStudyThatCanBeTrainedIsLetThrough() throws Exception {
        final StudyCheck check = check();
        check.requireTrainable(run -> false);
        assertThat(check.costs(Precision.FLOAT32)).extracting(cost -> cost.run().name())
                .containsExactlyElementsOf(check.study().runs().keySet());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            DISTIL + "\"run:teacher\", student-blocks = [12], teacher-blocks = [8] }}}]}]|run student.x.s1 cannot train on images of 224 px with 3 channels: ",
            "study.grid = [{name = a, values = [{name = x, set { classifier { teacher = \"run:teacher\", logits-weight = 0.5 }}}]}]|"
                    + "run classifier.x.s1 cannot train on images of 224 px with 3 channels: a classifier of 2 classes cannot learn the answers of run:teacher, which is no classifier",
            "study.grid = [{name = a, values = [{name = x, set { student.model = vit_small_patch16 }}]}]|"
                    + "run classifier.x.s1 has a model of 3 heads and starts from run:student.x.s1 of 6: set model = {width, depth, heads = 6, patch}",
            "study.grid = [{name = a, values = [{name = x, set { student.model { width = 96, depth = 12, heads = 3, patch = 16 }}}]}]|"
                    + "run classifier.x.s1 cannot begin: weights from run:student.x.s1 do not fit the model: ",
            "study.grid = [{name = a, values = [{name = x, set { student.model { width = 96, depth = 12, heads = 3, patch = 15 }}}]}]|"
                    + "run student.x.s1 cannot train on images of 224 px",
            "study.grid = [{name = a, values = [{name = x, set { classifier.stream = fwe }}]}]|"
                    + "run classifier.x.s1 reads stream fwe, which the study does not publish: there are [train]",
            "study.figures = [\"student@7/knn.top1\"]|study.figures: student@7/knn.top1 would not be measured, because run student.75.distil.s1"
                    + " of 20 steps has no checkpoint at step 7: it is saved every 1000 steps",
            "study.figures = [\"student@40/knn.top1\"]|of 20 steps has no checkpoint at step 40",
            "study.figures = [\"student@0/knn.top1\"], trainer.keep.last = 1|"
                    + "does not keep its checkpoint of step 0: set keep.last = 0, or keep.every",
            "evaluator.suites = [knn]|study.figures: classifier/classification.top1 would not be measured, because suite classification is not in"
                    + " evaluator.suites = [knn]: add it there",
            "study.figures = [student/classification.top1]|suite classification does not score run student.75.distil.s1, whose objective is distill",
            "study.figures = [\"student@0/knn.top1\"], evaluator.knn.checkpoints = last|"
                    + "is passed over by the setting evaluator.knn.checkpoints = last, and the run goes on to step 20"})
    void whatCannotBeTrainedOrMeasuredIsToldBeforeTheStartAndInThePlan(String given, String message) throws Exception {
        final StudyCheck check = check("study.against = []", given);
        assertThatThrownBy(() -> check.requireTrainable(run -> false)).isInstanceOf(SettingException.class)
                .hasMessageContaining(message).message().doesNotContain("\n");
        assertThatThrownBy(() -> check.costs(Precision.FLOAT32)).isInstanceOf(SettingException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aTeacherInANetworkIsLeftToTheTrainer() throws Exception {
        check("study.against = []",
                DISTIL + "\"s3://bucket/teacher.safetensors\", student-blocks = [12], teacher-blocks = [8] }}}]}]")
                .requireTrainable(run -> false);
    }

    @Test
    void aFileThatIsGoneIsMissedByRunsThatHaveNotBegun() throws Exception {
        final StudyCheck check = check("study.against = []",
                DISTIL + "\"file:/gone.safetensors\", teacher-model = vit_base_patch16 }}}]}]");
        assertThatThrownBy(() -> check.requireTrainable("student.x.s1"::equals)).isInstanceOf(SettingException.class)
                .hasMessage("run student.x.s2 builds on file:/gone.safetensors, which is not on this disk: give the file,"
                        + " or correct its path");
        check.requireTrainable(run -> run.startsWith("student."));
        assertThat(check.costs(Precision.FLOAT32)).as("a plan needs the shape alone").isNotEmpty();
    }

    @Test
    void theStudyIsRefusedBeforeItsBrokerStarts() {
        final Config config = StudyTest.config("study.against = []",
                DISTIL + "\"run:teacher\", student-blocks = [12], teacher-blocks = [8] }}}]}]",
                "trainer.checkpoints = \"" + directory + "/checkpoints\"");
        assertThatThrownBy(() -> new StudyRun(Study.of(config), config, directory).run()).isInstanceOf(SettingException.class)
                .hasMessageContaining("run student.x.s1 cannot train");
        assertThat(directory).isEmptyDirectory();
    }
}
