package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs {@code local} on a few hundred of the bundled images, as a person starts it: in processes of their own, with real kills.
 * {@code -Dkills=20} gives more of them.
 */
final class LocalTest {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final int KILLS = Integer.getInteger("kills", 3);

    @TempDir
    private static Path shared;
    private static JsonNode undisturbed;
    private static long undisturbedMillis;

    @TempDir
    private Path directory;

    @BeforeAll
    static void runsUndisturbed() throws Exception {
        final long began = System.nanoTime();
        undisturbed = finished(shared, 1);
        undisturbedMillis = Duration.ofNanos(System.nanoTime() - began).toMillis();
    }

    @Test
    void endsWithAReportForMachines() {
        assertThat(undisturbed.fieldNames()).toIterable().containsExactly("run", "steps", "seconds", "secondsToFirstProgress",
                "firstLosses", "lastLosses", "comparison", "evaluations", "weightsSha256");
        assertThat(undisturbed.get("run").asText()).isEqualTo("student");
        assertThat(undisturbed.get("steps").asLong()).isEqualTo(60);
        assertThat(undisturbed.get("seconds").asDouble()).isGreaterThan(undisturbed.get("secondsToFirstProgress").asDouble());
        assertThat(undisturbed.get("lastLosses").get("total").asDouble())
                .isLessThan(undisturbed.get("firstLosses").get("total").asDouble());
        assertThat(undisturbed.get("weightsSha256").asText()).matches("[0-9a-f]{64}");
        final List<String> scored = new ArrayList<>();
        undisturbed.get("evaluations").forEach(each -> scored
                .add(each.get("run").asText() + " " + each.get("step").asText() + " " + each.get("suite").asText()));
        assertThat(scored).contains("teacher 0 knn", "teacher 60 knn", "student 0 knn", "student 60 knn", "student-mae 60 knn",
                "student 60 reconstruction", "raw-pixels 0 knn").doesNotHaveDuplicates();
    }

    @Test
    void comparesTheStudentAtEqualStepsForEachSuite() {
        final JsonNode comparison = undisturbed.get("comparison");
        assertThat(comparison).extracting(each -> each.get("suite").asText() + "." + each.get("metric").asText())
                .containsExactly("knn.top1", "reconstruction.loss", "classification.top1");
        final JsonNode knn = comparison.get(0);
        assertThat(knn.fieldNames()).toIterable().containsExactly("suite", "metric", "step", "student", "mae", "scratch",
                "rawPixels");
        assertThat(knn.get("step").asLong()).isEqualTo(60);
        assertThat(knn.get("student").asDouble()).isEqualTo(score("student", 60));
        assertThat(knn.get("mae").asDouble()).isEqualTo(score("student-mae", 60));
        assertThat(knn.get("rawPixels").asDouble()).isEqualTo(score("raw-pixels", 0));
        assertThat(knn.get("scratch").isNull()).as("no run from scratch").isTrue();
        assertThat(comparison.get(1).get("rawPixels").isNull()).isTrue();
        assertThat(List.of("step", "student", "mae", "scratch", "rawPixels")).as("no classifier")
                .allMatch(key -> comparison.get(2).get(key).isNull());
    }

    private static double score(String run, long step) {
        for (final JsonNode each : undisturbed.get("evaluations"))
            if (each.get("run").asText().equals(run) && each.get("step").asLong() == step
                    && each.get("suite").asText().equals("knn"))
                return each.at("/metrics/top1").asDouble();
        throw new AssertionError("knn has not scored step " + step + " of " + run);
    }

    @Test
    void tellsItsAddressFirstAndWhereItsResultsAreLast() throws Exception {
        final String said = said(shared);
        assertThat(said.lines().findFirst())
                .hasValueSatisfying(first -> assertThat(first).matches("broker 127\\.0\\.0\\.1:\\d+"));
        assertThat(said.lines().skip(1).findFirst())
                .hasValueSatisfying(second -> assertThat(second).matches("page http://127\\.0\\.0\\.1:\\d+/"));
        assertThat(said).contains("raw-pixels", "k-NN at step 60: student", "reconstruction.png", "report.json");
        assertThat(shared.resolve("data/reconstruction.png")).isNotEmptyFile();
    }

    @Test
    void anotherSeedGivesOtherWeights() throws Exception {
        assertThat(finished(directory, 2).get("weightsSha256")).isNotEqualTo(undisturbed.get("weightsSha256"));
    }

    @Test
    void aRunThatHasEndedIsOpenedAgain() throws Exception {
        try (RetortProcess open = RetortProcess.start(directory, "open", "--data", shared.resolve("data").toString())) {
            await().atMost(PATIENCE).until(() -> open.out().contains("Ctrl-C ends this"));
            assertThat(open.out().lines().findFirst())
                    .hasValueSatisfying(first -> assertThat(first).matches("broker 127\\.0\\.0\\.1:\\d+"));
            final String page = open.out().lines().filter(line -> line.startsWith("page ")).findFirst().orElseThrow()
                    .substring(5);
            await().atMost(PATIENCE).untilAsserted(() -> {
                try (InputStream runs = URI.create(page + "api/runs").toURL().openStream()) {
                    assertThat(new ObjectMapper().readTree(runs).get("runs"))
                            .extracting(run -> run.get("run").asText() + " " + run.at("/progress/state").asText())
                            .containsExactly("student FINISHED", "student-mae FINISHED", "teacher FINISHED");
                }
            });
            open.terminate();
            assertThat(open.await(PATIENCE)).as(open.err()).isZero();
        }
        try (RetortProcess open = RetortProcess.start(directory, "open", "--data", "nowhere")) {
            assertThat(open.await(PATIENCE)).isEqualTo(1);
            assertThat(open.err()).contains("nowhere is no folder of a local run or a study");
        }
    }

    @Test
    void killedAtRandomMomentsItEndsWithTheSameWeights() throws Exception {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int kill = 0; kill < KILLS; kill++)
            try (RetortProcess local = start(directory, 1)) {
                final long millis = undisturbedMillis / 5 + random.nextLong(undisturbedMillis / 2);
                if (local.endsWithin(Duration.ofMillis(millis)))
                    assertThat(local.await(Duration.ZERO)).as("seed " + seed + ", kill " + kill + local.err()).isZero();
            }
        assertThat(finished(directory, 1).get("weightsSha256")).as("seed of the kills' moments " + seed)
                .isEqualTo(undisturbed.get("weightsSha256"));
        for (final String run : List.of("teacher", "student", "student-mae"))
            try (RetortProcess audit = RetortProcess.start(directory, "audit", "--data", "data", "--run", run, "--json")) {
                assertThat(audit.await(PATIENCE)).as(audit.out() + audit.err()).isZero();
                final JsonNode report = new ObjectMapper().readTree(audit.out());
                assertThat(report.get("clean").asBoolean()).isTrue();
                assertThat(report.get("compared").asLong()).isEqualTo(60);
            }
    }

    @Test
    void aRunThatIsNotThereIsNotProven() throws Exception {
        try (RetortProcess audit = RetortProcess.start(directory, "audit", "--data", shared.resolve("data").toString(), "--run",
                "nobody")) {
            assertThat(audit.await(PATIENCE)).isEqualTo(1);
            assertThat(audit.out()).contains("fault: run nobody has no ledger in ", "run nobody is not proven");
        }
        try (RetortProcess audit = RetortProcess.start(directory, "audit", "--data", "nowhere", "--run", "student")) {
            assertThat(audit.await(PATIENCE)).isEqualTo(1);
            assertThat(audit.err()).contains("nowhere is no folder of local: it has no folder kafka");
        }
    }

    @Test
    void stoppedByAPersonItSavesAndGoesOnLaterWithoutAPageToTheSameWeights() throws Exception {
        try (RetortProcess local = start(directory, 1)) {
            await().atMost(PATIENCE).until(() -> Files.exists(directory.resolve("data/checkpoints/teacher/step-000000030")));
            local.terminate();
            assertThat(local.await(PATIENCE)).as(local.err()).isZero();
            assertThat(local.out()).contains("SIGTERM", "the same command goes on");
        }
        try (RetortProcess local = start(directory, 1, "--set", "page.enabled=false")) {
            assertThat(local.await(PATIENCE)).as(local.out() + local.err()).isZero();
            assertThat(local.out()).doesNotContain("page http");
        }
        assertThat(report(directory).get("weightsSha256")).isEqualTo(undisturbed.get("weightsSha256"));
    }

    private static JsonNode finished(Path directory, long seed) throws Exception {
        try (RetortProcess local = start(directory, seed)) {
            assertThat(local.await(PATIENCE)).as(local.out() + local.err()).isZero();
            assertThat(local.err()).isEmpty();
        }
        return report(directory);
    }

    private static JsonNode report(Path directory) throws Exception {
        return new ObjectMapper().readTree(directory.resolve("data/report.json").toFile());
    }

    private static String said(Path directory) throws Exception {
        try (var files = Files.list(directory)) {
            return Files.readString(files.filter(file -> file.toString().endsWith(".out")).findFirst().orElseThrow());
        }
    }

    /** Starts a teacher, a student distilled from it and the same student by reconstruction alone, all of them small. */
    private static RetortProcess start(Path directory, long seed, String... more) throws Exception {
        final String student = "model={width=16,depth=4,heads=2,patch=4},decoder={width=16,depth=1,heads=2}";
        final List<String> arguments = new ArrayList<>(List.of("local", "--data", "data", "--seed", Long.toString(seed),
                "--set", "ingest.samples=600", "--set", "ingest.val.samples=100", "--set", "ingest.probe.samples=600", "--set",
                "trainer.batch=16",
                "--set", "trainer.steps=60", "--set",
                "evaluator.suites=[knn,reconstruction,classification]", "--set", "trainer.runs=["
                        + "{name=teacher,objective=pretrain,model={width=32,depth=4,heads=2,patch=4},decoder={width=16,depth=1,heads=2}},"
                        + "{name=student,objective=distill,teacher=\"run:teacher\"," + student + "},"
                        + "{name=student-mae,objective=pretrain," + student + "}]"));
        arguments.addAll(List.of(more));
        return RetortProcess.start(directory, arguments.toArray(String[]::new));
    }
}
