package retort.compose.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import retort.settings.SettingException;
import retort.settings.Settings;

class StudyTest {
    private static final Path STUDIES = Path.of(System.getProperty("retort.root"), "compose", "studies");
    private static final String BASE = """
            trainer { model = vit_tiny_patch16, decoder { width = 16, depth = 1, heads = 2 }, steps = 20, batch = 4 }
            study {
              seeds = [1, 2]
              grid = [
                { name = mask, values = [{ name = "75", set { student.mask-ratio = 0.75 } }, { name = "90", set { student.mask-ratio = 0.9 } }] }
                { name = method, values = [
                  { name = distil, set { student { objective = distill, teacher = "run:teacher" } } }
                  { name = mae, set { student.objective = pretrain } }
                  { name = scratch, set { classifier.init = scratch }, without = [student] }
                ] }
              ]
              runs = [
                { name = teacher, objective = pretrain, seed = 7 }
                { name = student, objective = pretrain }
                { name = classifier, objective = finetune, init = "run:student" }
              ]
              figures = ["student/knn.top1", "classifier/classification.top1"]
              against = ["method=mae"]
            }
            """;

    static Study study(String... more) {
        return Study.of(config(more));
    }

    static Config config(String... more) {
        Config given = ConfigFactory.parseString(BASE);
        for (final String text : more)
            given = ConfigFactory.parseString(text).withFallback(given);
        return Settings.over(given);
    }

    @Test
    void aCellIsAChoiceOfOneValueOfEachAxis() {
        assertThat(study().cells()).extracting(Cell::toString).containsExactly("75 distil", "75 mae", "75 scratch", "90 distil",
                "90 mae", "90 scratch");
    }

    @Test
    void cellsShareTheRunsThatTheirAxesDoNotChange() {
        final Study study = study();
        assertThat(study.runs().keySet()).containsExactly("teacher", "student.75.distil.s1", "classifier.75.distil.s1",
                "student.75.mae.s1", "classifier.75.mae.s1", "classifier.scratch.s1", "student.90.distil.s1",
                "classifier.90.distil.s1", "student.90.mae.s1", "classifier.90.mae.s1", "student.75.distil.s2",
                "classifier.75.distil.s2", "student.75.mae.s2", "classifier.75.mae.s2", "classifier.scratch.s2",
                "student.90.distil.s2", "classifier.90.distil.s2", "student.90.mae.s2", "classifier.90.mae.s2");
        final Cell first = study.cells().getFirst();
        assertThat(first.run(1, "classifier")).contains("classifier.75.distil.s1");
        assertThat(first.run(2, "teacher")).as("a run with a seed of its own").contains("teacher");
        assertThat(study.cells().get(2).run(1, "student")).as("a run that is left out").isEmpty();
        assertThat(study.cells().get(2).run(1, "classifier")).isEqualTo(study.cells().get(5).run(1, "classifier"));
    }

    @Test
    void aRunStandsBehindThoseThatItBuildsOn() {
        final Study study = study();
        final PlannedRun student = study.runs().get("student.90.distil.s2");
        assertThat(student.needs()).containsExactly("teacher");
        assertThat(student.settings().getString("teacher")).isEqualTo("run:teacher");
        assertThat(student.settings().getDouble("mask-ratio")).isEqualTo(0.9);
        assertThat(student.settings().getLong("seed")).isEqualTo(2);
        assertThat(study.runs().get("classifier.90.distil.s2").settings().getString("init"))
                .isEqualTo("run:student.90.distil.s2");
        assertThat(study.runs().get("teacher").settings().getLong("seed")).isEqualTo(7);
        assertThat(study.checked("student.75.mae.s1").objective().name()).isEqualTo("pretrain");
    }

    @Test
    void aTeacherWithoutASeedOfItsOwnIsTrainedForEachSeed() {
        final Study study = study(
                "study.runs = [{ name = teacher, objective = pretrain }, { name = student, objective = pretrain },"
                        + " { name = classifier, objective = finetune, init = \"run:student\" }]");
        assertThat(study.runs()).containsKeys("teacher.s1", "teacher.s2");
        assertThat(study.runs().get("student.75.distil.s2").needs()).containsExactly("teacher.s2");
    }

    @Test
    void aRunThatNobodyNeedsIsNotTrained() {
        assertThat(study("study.figures = [\"classifier/classification.top1\"], study.grid = [{ name = a, values = ["
                + "{ name = x, set { classifier.init = scratch } }] }], study.against = []").runs().keySet())
                .containsExactly("classifier.x.s1", "classifier.x.s2");
    }

    @Test
    void withoutAnAxisThereIsOneCell() {
        final Study study = study("study { grid = [], against = [] }");
        assertThat(study.cells()).hasSize(1);
        assertThat(study.cells().getFirst().run(2, "student")).contains("student.s2");
    }

    @Test
    void aReferenceDiffersInOneAxisAlone() {
        final Reference mae = study().settings().against().getFirst();
        assertThat(mae.of(List.of("90", "distil"))).contains(List.of("90", "mae"));
        assertThat(mae.of(List.of("90", "mae"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny.conf", "fashion-claims.conf", "fashion-controls.conf", "fashion-claims-teacher.conf",
            "fashion-teacher.conf"})
    void theShippedStudiesAreRight(String file) {
        assertThat(Study.of(Settings.load(java.util.Optional.of(STUDIES.resolve(file)), List.of())).runs()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "study.seeds = []|setting study.seeds = []: must list 1 to 100 different whole numbers",
            "study.seeds = [1, 1]|different whole numbers",
            "study.runs = []|setting study.runs = []: must list the runs of a cell",
            "study.figures = []|must list what is compared",
            "study.figures = [student/knn]|must be RUN/SUITE.METRIC",
            "study.figures = [studnet/knn.top1]|names run studnet, which is none of study.runs: did you mean student?",
            "study.figures = [student/kmn.top1]|names suite kmn, which is unknown: did you mean knn?",
            "study.against = [\"method=foo\"]|axis method has the values [distil, mae, scratch]",
            "study.against = [\"methud=mae\"]|must be AXIS=VALUE; the axes are [mask, method]",
            "study.grid = [{name = a, valeus = []}]|unknown setting study.grid[0].valeus: known here are [name, values]",
            "study.grid = [{name = a, values = []}]|must list 1 to 100 values",
            "study.grid = [{name = a, values = [{name = x, set { studnet.steps = 3 }}]}]|setting study.grid[0].values[0].set.studnet names run studnet, which is none of study.runs: did you mean student?",
            "study.grid = [{name = a, values = [{name = x, with = 3}]}]|unknown setting study.grid[0].values[0].with",
            "study.grid = [{name = a, values = [{name = x.y}]}]|must be letters, digits, '_' and '-'",
            "study.grid = [{name = a, values = [{name = x, without = [student]}]}]|leaves run student out, and run classifier builds on it by init = run:student",
            "study.grid = [{name = a, values = [{name = x, set { student.mask-ratoi = 0.5 }}]}]|study.runs, run student.x.s1: unknown setting mask-ratoi",
            "study.grid = [{name = a, values = [{name = x, set { student.mask-ratio = 5 }}]}]|study.runs, run student.x.s1: setting mask-ratio = 5.0: must be 0.0 to 1.0",
            "study.grid = [{name = a, values = [{name = x, set { student.steps = 10 }}, {name = y}]}]|run student.x.s1 sees 40 images and run student.y.s1 sees 80 images",
            "study.grid = [{name = a, values = [{name = x, set { student.steps = 10 }}]}, {name = b, values = [{name = y, set { student.steps = 12 }}]}]|two axes set student.steps",
            "study.grid = [{name = a, values = [{name = x, set { student.optimizer.lr = 1 }}]}, {name = b, values = [{name = y, set { student { steps = 20, optimizer.lr = 2 } }}]}]|two axes set student.optimizer.lr of cell x y: a setting belongs to one axis",
            "study.grid = [{name = a, values = [{name = x, set { student.model = vit_tiny_patch16 }}]}, {name = b, values = [{name = y, set { student.model.heads = 2 }}]}]|two axes set student.model of cell x y",
            "study.figures = [\"student@5/knn.top1\"], study.grid = [{name = a, values = [{name = x, set { student { batch = 8, steps = 10 } }}, {name = y}]}]|run student.x.s1 sees 40 images and run student.y.s1 sees 20 images by step 5",
            "study.streams = [{name = few, samples = 9}], study.grid = [{name = a, values = [{name = x, set { student { epochs = 2, stream = few } }}, {name = y, set { student.epochs = 2 }}]}]|run student.x.s1 sees 2.0 epochs of stream few and run student.y.s1 sees 2.0 epochs of stream train",
            "study.grid = [{name = a, values = [{name = x, set { student.objective = distill, student.teacher = \"run:tutor\" }}]}]|teacher = run:tutor: study.runs has no run tutor",
            "study.seeds = [1, 1.5]|setting study.seeds = 1.5: must be a whole number",
            "study.seeds = [one]|setting study.seeds",
            "study.grid = [{name = a}]|setting study.grid[0].values is missing",
            "study.grid = [{name = a, values = [{name = x}, {name = x}]}]|values[1].name = x: stands twice on this axis",
            "study.grid = [{name = a, values = [{name = x}]}, {name = a, values = [{name = y}]}]|has two axes of one name",
            "study.grid = [{name = a, values = [{name = \"x,y\"}]}]|name = x,y: must be letters, digits, '_' and '-'",
            "study.grid = [{name = \"a/b\", values = [{name = x}]}]|name = a/b: must be letters",
            "study.grid = [{name = \".a\", values = [{name = x}]}]|name = .a: must be letters",
            "study.grid = [{name = a, values = [{name = \"x'y\\\"z\"}]}]|must be letters",
            "study.runs = [{name = -a, objective = pretrain}]|setting study.runs = -a: the name of a run must begin with a letter or a digit",
            "study.title = \"a\\nb\"|setting study.title = [a, b]: must be one line",
            "study.at-a-time = 0|setting study.at-a-time = 0: must be 1 to 64",
            "study.at-a-time = 1.5|setting study.at-a-time = 1.5: must be a whole number",
            "study.bootstrap.level = 1.5|setting study.bootstrap.level = 1.5: must be 0.5 to 0.9999",
            "study.grid = [{name = a, values = [{name = x, set { student.batch = 8 }}, {name = y}]}]|run student.x.s1 sees 160 images and run student.y.s1 sees 80 images",
            "trainer.align.second-teacher.teacher = \"run:old\", study.grid = [{name = a, values = [{name = x, set { student { objective = align, teacher = \"run:teacher\" } }}]}]|run student.x.s1: run:old is a default of the section trainer",
            "trainer.runs = [{name = a, objective = pretrain}]|must be [] in a study",
            "trainer.teacher = \"run:a\"|must stand in the object of a run of study.runs",
            "study.seed = 3|unknown setting study.seed: did you mean study.seeds?"})
    void badInputIsNamedWithTheWayOut(String given, String message) {
        assertThatThrownBy(() -> study("study.against = []", given)).isInstanceOf(SettingException.class)
                .hasMessageContaining(message).message().doesNotContain("\n");
    }

    /** The controls of compose/docs/study.md. */
    @Test
    void controlsNeedNoSettingOfTheirOwn() {
        final Study study = study(
                """
                        study {
                          grid = [{ name = teacher, values = [
                            { name = masked, set { student.teacher = "run:teacher" } }
                            { name = random, set { student.teacher = "run:noise" } }
                            { name = tuned, set { student.teacher = "run:tuned" } }
                            { name = logits, set { student.teacher = "run:teacher", classifier { teacher = "run:tuned", logits-weight = 0.5 } } }
                          ] }]
                          runs = [
                            { name = teacher, objective = pretrain, seed = 1 }
                            { name = noise, objective = pretrain, steps = 1, optimizer.base-lr = 0 }
                            { name = tuned, objective = finetune, init = "run:teacher" }
                            { name = student, objective = distill }
                            { name = classifier, objective = finetune, init = "run:student", stream = few }
                          ]
                          streams = [{ name = few, samples = 100 }]
                          figures = ["student/knn.top1", "student@0/knn.top1", "classifier/classification.top1"]
                          against = []
                        }
                        """);
        assertThat(study.runs().get("student.random.s2").needs()).containsExactly("noise.s2");
        assertThat(study.runs().get("classifier.logits.s1").needs()).containsExactly("tuned.s1", "student.logits.s1");
        assertThat(study.checked("noise.s1").optimizer().schedule().peak()).isZero();
        assertThat(study.checked("classifier.masked.s1").stream()).isEqualTo("few");
    }

    @Test
    void aRunThatBuildsOnItselfIsNamed() {
        assertThatThrownBy(() -> study(
                "study { grid = [], against = [], runs = [{name = student, objective = finetune, init = \"run:classifier\"},"
                        + " {name = classifier, objective = finetune, init = \"run:student\"}] }"))
                .hasMessageContaining("student builds on classifier builds on student: a run cannot build on itself");
    }

    @Test
    void otherBatchesOfEquallyManyImagesAreAnEqualBudget() {
        assertThat(
                study("study { against = [], grid = [{name = a, values = [{name = x, set { student { steps = 10, batch = 8 } }},"
                        + " {name = y}]}] }").cells())
                .hasSize(2);
    }

    @Test
    void namesOfRunsThatGiveTwoFiguresOnePlotAreRefused() {
        assertThatThrownBy(() -> study("study { grid = [], against = [], runs = [{name = student, objective = pretrain},"
                + " {name = student-0, objective = pretrain}], figures = [\"student@0/knn.top1\", \"student-0/knn.top1\"] }"))
                .isInstanceOf(SettingException.class).hasMessageContaining("would have the same file for its plot");
    }

    @Test
    void aSecondTeacherIsTheRunOfItsCell() {
        final PlannedRun student = study("study { grid = [], against = [], figures = [student/knn.top1], runs = ["
                + "{name = one, objective = pretrain}, {name = two, objective = pretrain},"
                + " {name = student, objective = align, teacher = \"run:one\", second-teacher.teacher = \"run:two\"}] }").runs()
                .get("student.s2");
        assertThat(student.needs()).containsExactly("one.s2", "two.s2");
        assertThat(student.settings().getString("second-teacher.teacher")).isEqualTo("run:two.s2");
    }

    @Test
    void twoAxesMaySetDifferentKeysOfOneObject() {
        final PlannedRun run = study(
                "study { against = [], grid = [{name = a, values = [{name = x, set { student.optimizer.lr = 1 }}]},"
                        + " {name = b, values = [{name = y, set { student.optimizer.clip = 2 }}]}] }")
                .runs().get("student.x.y.s1");
        assertThat(run.settings().getDouble("optimizer.lr")).isEqualTo(1);
        assertThat(run.settings().getDouble("optimizer.clip")).isEqualTo(2);
    }

    @Test
    void unequalBudgetsMayBeAllowed() {
        assertThat(study(
                "study { equal-budget = false, against = [], grid = [{name = a, values = [{name = x, set { student.steps = 10 }},"
                        + " {name = y}]}] }")
                .cells()).hasSize(2);
    }
}
