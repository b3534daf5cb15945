package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs {@code study} on the tiny study as a person does: in processes of their own, with real kills. {@code -Dkills=5} gives the long
 * form.
 */
final class StudyProcessTest {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final String TINY = Path.of(System.getProperty("retort.root"), "compose", "studies", "tiny.conf").toString();
    private static final int KILLS = Integer.getInteger("kills", 2);

    @TempDir
    private static Path shared;
    private static String undisturbed = "";
    private static long undisturbedMillis;

    @TempDir
    private Path directory;

    @BeforeAll
    static void runsUndisturbed() throws Exception {
        final long began = System.nanoTime();
        undisturbed = finished(shared);
        undisturbedMillis = Duration.ofNanos(System.nanoTime() - began).toMillis();
    }

    @Test
    void everyFigureIsMeasured() throws Exception {
        final List<String> lines = undisturbed.lines().toList();
        assertThat(lines.getFirst()).isEqualTo("mask,method,seed,run,step,suite,metric,value,images,weightsSha256");
        assertThat(lines).hasSize(1 + 2 * 2 * (2 * 3 + 1)); // scratch has no student
        assertThat(lines.subList(1, lines.size())).allMatch(line -> line.matches(
                "(75|90),(distil|mae|scratch),[12],[a-z0-9.]+,(0|10|20),(knn|classification),top1,0\\.\\d+,60,[0-9a-f]{64}"));
        assertThat(Files.readString(shared.resolve("data/results.md"))).contains("# A tiny study", "minus method=scratch")
                .doesNotContain("Missing");
        assertThat(shared.resolve("data/student-knn.top1.svg")).isNotEmptyFile();
    }

    @Test
    void itsProgressIsTold() throws Exception {
        try (var files = Files.list(shared)) {
            final Path said = files.filter(file -> file.toString().endsWith(".out"))
                    .min(Comparator.comparing(StudyProcessTest::age))
                    .orElseThrow();
            assertThat(said).content().contains("broker 127.0.0.1:", "page http://", "results: ")
                    .containsPattern("study: \\d+ of 19 runs done, \\d+\\.\\d % of the images, ");
        }
    }

    private static FileTime age(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void thePageIsMadeAgainFromTheTopics() throws Exception {
        final Path page = shared.resolve("data/results.md");
        final String before = Files.readString(page);
        Files.delete(page);
        Files.delete(shared.resolve("data/results.csv"));
        try (RetortProcess report = RetortProcess.start(shared, "study", "report", TINY, "--data", "data")) {
            assertThat(report.await(PATIENCE)).as(report.out() + report.err()).isZero();
        }
        assertThat(shared.resolve("data/results.csv")).content().isEqualTo(undisturbed);
        assertThat(page).content().isEqualTo(before);
    }

    @Test
    void thePageOfAnotherStudyIsNotReplaced() throws Exception {
        final String before = Files.readString(shared.resolve("data/results.md"));
        try (RetortProcess report = RetortProcess.start(shared, "study", "report", TINY, "--data", "data", "--set",
                "study.grid=[]",
                "--set", "study.against=[]")) {
            assertThat(report.await(PATIENCE)).isEqualTo(1);
            assertThat(report.err()).contains("--data data is the folder of another study: it has run classifier.75.distil.s1,"
                    + " and no run of ");
        }
        assertThat(shared.resolve("data/results.md")).content().isEqualTo(before);
    }

    /** Else the figures of one study would stand under the settings of another. */
    @Test
    void whatWasTrainedUnderOtherSettingsIsNotReported() throws Exception {
        final Path data = shared.resolve("data");
        final String page = Files.readString(data.resolve("results.md"));
        for (final List<String> change : List.of(List.of("trainer.optimizer.lr=1e-3", "optimizer.lr"),
                List.of("trainer.decoder.depth=2",
                        "because it builds on run student.75.distil.s1: run student.75.distil.s1 has a checkpoint")))
            try (RetortProcess report = RetortProcess.start(shared, "study", "report", TINY, "--data", "data", "--set",
                    change.getFirst())) {
                assertThat(report.await(PATIENCE)).as(report.out()).isEqualTo(1);
                assertThat(report.err()).contains(" has a checkpoint at step 20 under other settings: ", change.getLast());
            }
        Files.writeString(data.resolve("results.md"), page);
        Files.writeString(data.resolve("results.csv"), undisturbed);
    }

    @Test
    void killedAtRandomMomentsItEndsWithTheSameBytes() throws Exception {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int kill = 0; kill < KILLS; kill++)
            try (RetortProcess study = start(directory)) {
                final long millis = undisturbedMillis / 5 + random.nextLong(undisturbedMillis / 2);
                if (study.endsWithin(Duration.ofMillis(millis)))
                    assertThat(study.await(Duration.ZERO)).as("seed " + seed + ", kill " + kill + study.err()).isZero();
            }
        assertThat(finished(directory)).as("seed of the kills' moments " + seed).isEqualTo(undisturbed);
    }

    @Test
    void aCellThatFailsIsToldAndTheOthersGoOn() throws Exception {
        try (RetortProcess study = start(directory, "--set", "study.grid=[{name=rate,values=["
                + "{name=lost,set{student.optimizer.lr=1000}},{name=none}]}]", "--set", "study.against=[]",
                "--set", "study.at-a-time=2")) {
            assertThat(study.await(PATIENCE)).as(study.out()).isEqualTo(1);
            assertThat(study.out().lines().filter(line -> line.contains("is left out, and the others go on")))
                    .as("two students, and their two classifiers").hasSize(4)
                    .anyMatch(line -> line.contains("student.lost.s1") && line.contains("lower optimizer.lr"))
                    .anyMatch(line -> line.contains("it builds on run student.lost.s2, which has failed"));
            assertThat(study.err().lines()).as("their first checkpoints are scored").hasSize(4)
                    .allMatch(line -> line.contains("retort: lost, seed "))
                    .contains("retort: lost, seed 2: student/knn.top1 is missing, because run student.lost.s2 is not finished");
        }
        final List<String> csv = Files.readAllLines(directory.resolve("data/results.csv"));
        assertThat(csv).filteredOn(line -> line.startsWith("none,")).hasSize(6).allMatch(line -> line.endsWith(last(line)));
        assertThat(csv).filteredOn(line -> line.startsWith("lost,")).hasSize(6)
                .filteredOn(line -> line.endsWith(",,,")).hasSize(4);
        assertThat(directory.resolve("data/results.md")).content().contains("## Missing");
    }

    private static String last(String line) {
        return line.substring(line.lastIndexOf(',') + 1).matches("[0-9a-f]{64}") ? line : "a digest";
    }

    @Test
    void thePlanListsCellsRunsAndImages() throws Exception {
        try (RetortProcess plan = RetortProcess.start(directory, "study", TINY, "--plan", "--data", "data")) {
            assertThat(plan.await(PATIENCE)).as(plan.err()).isZero();
            assertThat(plan.out()).contains("6 cells x 2 seeds: [mask [75, 90], method [distil, mae, scratch]]",
                    "  75 distil: classifier.75.distil.s1, student.75.distil.s1, teacher", "19 runs see ",
                    "training takes ");
            assertThat(plan.out().lines().filter(line -> line.startsWith("student.90.mae "))).hasSize(1)
                    .allMatch(line -> line.matches("student\\.90\\.mae +2 +20 +16 +320 .*"));
        }
        assertThat(directory.resolve("data")).doesNotExist();
    }

    @Test
    void aStudyThatIsWrongIsNamedInOneLine() throws Exception {
        for (final List<String> wrong : List.of(List.of("study", "nowhere.conf"),
                List.of("study", TINY, "--set", "study.seeds=[]"),
                List.of("study", "report", TINY, "--data", "nowhere")))
            try (RetortProcess study = RetortProcess.start(directory, wrong.toArray(String[]::new))) {
                assertThat(study.await(PATIENCE)).isEqualTo(1);
                assertThat(study.err().lines()).hasSize(1).allMatch(line -> line.startsWith("retort: "));
            }
        try (RetortProcess study = RetortProcess.start(directory, "study")) {
            assertThat(study.await(PATIENCE)).isEqualTo(2);
            assertThat(study.err()).contains("no study is given: name its FILE");
        }
    }

    private static String finished(Path directory) throws Exception {
        try (RetortProcess study = start(directory)) {
            assertThat(study.await(PATIENCE)).as(study.out() + study.err()).isZero();
            assertThat(study.err()).isEmpty();
        }
        return Files.readString(directory.resolve("data/results.csv"));
    }

    private static RetortProcess start(Path directory, String... more) throws Exception {
        final List<String> arguments = new ArrayList<>(List.of("study", TINY, "--data", "data"));
        arguments.addAll(List.of(more));
        return RetortProcess.start(directory, arguments.toArray(String[]::new));
    }
}
