package retort.compose.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import retort.kafka.Broker;
import retort.record.Architecture;
import retort.record.CheckpointReady;
import retort.record.Evaluation;

class ResultsTest {
    private static final String TWO_CELLS = "study { title = \"Two methods\", grid = [{ name = method, values = ["
            + "{ name = distil, set { student.decoder.width = 8 } }, { name = mae, set { student.decoder.width = 16 } }] }],"
            + " figures = [\"student/knn.top1\"] }";

    @TempDir
    private Path directory;

    /** Loads the codec of events, without which Avro builds no record of ours. */
    @BeforeAll
    static void loadsTheCodec() {
        assertThat(Broker.at("127.0.0.1:1", "results-test.").topics().evaluations().name()).endsWith("evaluations");
    }

    private final List<CheckpointReady> checkpoints = new ArrayList<>();
    private final List<Evaluation> evaluations = new ArrayList<>();

    private void scored(String run, double top1) {
        checkpoint(run, 20);
        evaluations.add(evaluation(run, "sha-" + run, 5).setMetrics(Map.of("top1", top1)).build());
    }

    private void checkpoint(String run, long step) {
        checkpoints.add(CheckpointReady.newBuilder().setRun(run).setStep(step).setSteps(20).setStream("train").setUri("file:/x")
                .setSha256("sha-" + run).setBytes(1).setObjective("pretrain")
                .setArchitecture(Architecture.newBuilder().setImage(28).setPatch(7).setChannels(1).setWidth(16).setDepth(2)
                        .setHeads(2).build())
                .setNextSequence(0).setAt(Instant.EPOCH).build());
    }

    private static Evaluation.Builder evaluation(String run, String sha, long at) {
        return Evaluation.newBuilder().setRun(run).setStep(20).setSuite("knn").setSettingsHash("00ff").setMetrics(Map.of())
                .setImages(60).setDurationMillis(at).setCheckpointSha256(sha).setObjective("pretrain").setStream("val")
                .setAt(Instant.ofEpochMilli(at));
    }

    private Results twoCells() {
        scored("student.distil.s1", 0.5);
        scored("student.distil.s2", 0.7);
        scored("student.mae.s1", 0.4);
        scored("student.mae.s2", 0.4);
        return Results.of(StudyTest.study(TWO_CELLS), checkpoints, evaluations);
    }

    @Test
    void theCsvHasALineForEachCellSeedAndFigure() {
        assertThat(new ResultsCsv(twoCells())).hasToString("""
                method,seed,run,step,suite,metric,value,images,weightsSha256
                distil,1,student.distil.s1,20,knn,top1,0.5,60,sha-student.distil.s1
                distil,2,student.distil.s2,20,knn,top1,0.7,60,sha-student.distil.s2
                mae,1,student.mae.s1,20,knn,top1,0.4,60,sha-student.mae.s1
                mae,2,student.mae.s2,20,knn,top1,0.4,60,sha-student.mae.s2
                """);
    }

    @Test
    void thePageHasMeansSpreadsAndPairedDifferences() {
        assertThat(new ResultsPage(twoCells(), Map.of()).toString()).startsWith("""
                # Two methods

                2 cells, 2 seeds (1, 2), 4 runs.

                | run | objective | images |
                | --- | --- | --- |
                | student | pretrain | 80 images |
                """).endsWith("""

                ## student/knn.top1

                Higher is better. Measured at step 20.

                | method | seeds | mean | spread | lowest | highest | minus method=mae | interval |
                | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
                | distil | 2 | 0.6000 | 0.1414 | 0.5000 | 0.7000 | +0.2000 | **+0.1075 to +0.2925** |
                | mae | 2 | 0.4000 | 0.0000 | 0.4000 | 0.4000 | - | - |
                """);
    }

    /** np.mean, np.std(ddof=1), and np.percentile(means of itertools.product(differences, repeat=5), [2.5, 97.5]) of NumPy. */
    @Test
    void fiveSeedsAgreeWithNumPy() {
        final double[] distil = {0.81, 0.79, 0.835, 0.8, 0.7725};
        final double[] mae = {0.77, 0.7825, 0.79, 0.8125, 0.74};
        for (int i = 0; i < distil.length; i++) {
            scored("student.distil.s" + (i + 1), distil[i]);
            scored("student.mae.s" + (i + 1), mae[i]);
        }
        final Results results = Results.of(StudyTest.study(TWO_CELLS, "study.seeds = [1, 2, 3, 4, 5]"), checkpoints, evaluations);
        assertThat(new ResultsPage(results, Map.of()).toString()).contains(
                "| distil | 5 | 0.8015 | 0.0233 | 0.7725 | 0.8350 | +0.0225 | **+0.0020 to +0.0405** |",
                "| mae | 5 | 0.7790 | 0.0267 | 0.7400 | 0.8125 | - | - |");
    }

    @Test
    void aMissingSeedIsToldAndLeftOutOfTheDifferences() {
        twoCells();
        evaluations.removeIf(each -> each.getRun().equals("student.mae.s2"));
        final Results results = Results.of(StudyTest.study(TWO_CELLS), checkpoints, evaluations);

        assertThat(results.missing()).containsExactly(
                "mae, seed 2: student/knn.top1 is missing, because suite knn has not scored step 20 of run student.mae.s2");
        assertThat(new ResultsCsv(results).toString()).contains("mae,2,student.mae.s2,,knn,top1,,,\n");
        assertThat(new ResultsPage(results, Map.of()).toString())
                .contains("| distil | 2 | 0.6000 | 0.1414 | 0.5000 | 0.7000 | +0.1000 | - |", "| mae | 1 | 0.4000 | - | 0.4000",
                        "## Missing\n\n- mae, seed 2: ");
    }

    @Test
    void onlyTheLastCheckpointOfAFinishedRunCounts() {
        checkpoint("student.distil.s1", 10);
        evaluations.add(evaluation("student.distil.s1", "sha-student.distil.s1", 1).setStep(10).setMetrics(Map.of("top1", 0.9))
                .build());
        assertThat(Results.of(StudyTest.study(TWO_CELLS), checkpoints, evaluations).missing()).first().asString()
                .endsWith("run student.distil.s1 is not finished");
    }

    @Test
    void scoresOfOtherWeightsAndErrorsDoNotCountAndTheLatestDoes() {
        twoCells();
        evaluations
                .add(evaluation("student.distil.s1", "of another run of this name", 9).setMetrics(Map.of("top1", 0.9)).build());
        evaluations.add(evaluation("student.distil.s2", "sha-student.distil.s2", 9).setMetrics(Map.of("top1", 0.8)).build());
        evaluations.add(evaluation("student.mae.s1", "sha-student.mae.s1", 9).setError("it is damaged").build());
        final Results results = Results.of(StudyTest.study(TWO_CELLS), checkpoints, evaluations);

        final StudyFigure figure = results.study().settings().figures().getFirst();
        assertThat(results.values(results.study().cells().getFirst(), figure)).containsExactly(0.5, 0.8);
        assertThat(results.missing()).containsExactly(
                "mae, seed 1: student/knn.top1 is missing, because suite knn could not score run student.mae.s1: it is damaged");
    }

    @Test
    void aRunOfOtherSettingsIsMissingAndSoAreThoseThatBuildOnIt() {
        twoCells();
        assertThat(Results.of(StudyTest.study(TWO_CELLS), checkpoints, evaluations,
                Map.of("student.distil.s2", "it was trained under other settings")).missing())
                .containsExactly("distil, seed 2: student/knn.top1 is missing, because it was trained under other settings");
        assertThat(StudyTest.study().withThoseThatBuildOn(Map.of("teacher", "it is another one")))
                .containsEntry("classifier.90.distil.s2",
                        "it builds on run student.90.distil.s2: it builds on run teacher: it is another one")
                .doesNotContainKey("student.90.mae.s2").hasSize(9);
    }

    @Test
    void scoresUnderTwoSettingsOfASuiteAreNotCompared() {
        twoCells();
        evaluations.add(evaluation("student.mae.s1", "sha-student.mae.s1", 9).setSettingsHash("0001")
                .setMetrics(Map.of("top1", 0.9)).build());
        final Results results = Results.of(StudyTest.study(TWO_CELLS), checkpoints, evaluations);
        assertThat(results.values(results.study().cells().getLast(), results.study().settings().figures().getFirst()))
                .containsExactly(0.9);
        assertThat(results.missing()).hasSize(3)
                .contains("mae, seed 2: student/knn.top1 is missing, because suite knn has not scored"
                        + " step 20 of run student.mae.s2 under the settings of its latest score");
    }

    @Test
    void aValueThatIsNoNumberIsMissing() {
        twoCells();
        evaluations.add(evaluation("student.mae.s1", "sha-student.mae.s1", 9).setMetrics(Map.of("top1", Double.NaN)).build());
        final Results results = Results.of(StudyTest.study(TWO_CELLS), checkpoints, evaluations);
        assertThat(results.missing()).containsExactly(
                "mae, seed 1: student/knn.top1 is missing, because suite knn gives run student.mae.s1 the value NaN");
        assertThat(new ResultsPage(results, Map.of()).toString()).contains("| mae | 1 | 0.4000 |").doesNotContain("**-");
    }

    @Test
    void thePlotsAreXmlWithTheirTextsAsTexts() throws Exception {
        final Path page = StudyFiles.write(twoCells(), directory);

        assertThat(Files.readString(page)).contains("![student/knn.top1](student-knn.top1.svg)",
                "(student-knn.top1-minus-method-mae.svg)");
        final Document means = parsed(directory.resolve("student-knn.top1.svg"));
        assertThat(texts(means)).contains("student/knn.top1 (higher is better)", "method", "student/knn.top1, mean and spread",
                "distil", "mae", "mean of 2 seeds");
        assertThat(texts(parsed(directory.resolve("student-knn.top1-minus-method-mae.svg"))))
                .contains("paired difference, bootstrap interval");
    }

    @Test
    void aSeriesLooksTheSameInAllPlots() {
        scored("student.75.distil.s1", 0.5);
        scored("student.75.mae.s1", 0.4);
        final Results results = Results.of(StudyTest.study("study.figures = [\"student/knn.top1\"]",
                "study.against = [\"method=distil\"]"), checkpoints, evaluations);

        final Map<String, Plot> plots = new ResultsPlots(results).of(results.study().settings().figures().getFirst());
        assertThat(plots.get("student-knn.top1.svg").series()).extracting(Plot.Series::name, Plot.Series::style)
                .containsExactly(tuple("distil", 0), tuple("mae", 1));
        assertThat(plots.get("student-knn.top1-minus-method-distil.svg").series())
                .extracting(Plot.Series::name, Plot.Series::style).containsExactly(tuple("mae", 1));
    }

    @Test
    void eachSeriesHasItsNameColourAndShape() throws Exception {
        final List<Plot.Series> series = List.of(new Plot.Series("distil", 0, List.of(new Plot.Point(0, 0.5, 0.4, 0.6))),
                new Plot.Series("mae", 1, List.of(new Plot.Point(0, 0.3, 0.2, 0.4), new Plot.Point(1, 0.4, 0.3, 0.5))));
        final String svg = new Plot("A & B", "masked", "top-1", List.of("75", "95"), true, true, series).svg();

        assertThat(texts(parsed(svg))).contains("A & B", "masked", "top-1", "75", "95", "distil", "mae");
        // Okabe and Ito's blue and vermilion, as Batik writes them.
        assertThat(svg).containsPattern("#0072b2|rgb\\(0,114,178\\)").containsPattern("#d55e00|rgb\\(213,94,0\\)");
    }

    private static Document parsed(Path file) throws Exception {
        return parsed(Files.readString(file));
    }

    private static Document parsed(String svg) throws Exception {
        final DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<String> texts(Document svg) {
        final NodeList found = svg.getElementsByTagNameNS("http://www.w3.org/2000/svg", "text");
        return IntStream.range(0, found.getLength()).mapToObj(i -> found.item(i).getTextContent()).toList();
    }
}
