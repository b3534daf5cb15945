package retort.evaluator.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import retort.record.Confusion;
import retort.record.Evaluation;

class EvaluationTableTest {
    @Test
    void hasOneRowForEachCheckpointInTheOrderOfRunsAndTheRawPixelsBelow() {
        assertThat(EvaluationTable.of(List.of(
                evaluation("student", "distill", 500, "knn", Map.of("top1", 0.7612, "top5", 0.99), 5),
                evaluation("raw-pixels", "none", 0, "knn", Map.of("top1", 0.829), 0),
                evaluation("teacher", "pretrain", 1000, "knn", Map.of("top1", 0.79), 3),
                evaluation("teacher", "pretrain", 0, "knn", Map.of("top1", 0.6), 1),
                evaluation("teacher", "pretrain", 0, "reconstruction", Map.of("loss", 1.23456), 2),
                evaluation("student", "distill", 0, "knn", Map.of("top1", 0.56), 4))))
                .containsExactly(
                        "run         objective  step  k-NN top-1  reconstruction loss",
                        "teacher     pretrain      0      0.6000               1.2346",
                        "teacher     pretrain   1000      0.7900                    -",
                        "student     distill       0      0.5600                    -",
                        "student     distill     500      0.7612                    -",
                        "raw-pixels                       0.8290");
    }

    @Test
    void hasAColumnForEachSuiteThatPublishedSomething() {
        assertThat(EvaluationTable.of(List.of(evaluation("teacher", "pretrain", 9, "knn", Map.of("top1", 0.79), 3),
                evaluation("classifier", "finetune", 9, "classification", Map.of("top1", 0.9, "loss", 0.2), 4))))
                .containsExactly(
                        "run         objective  step  k-NN top-1   top-1",
                        "teacher     pretrain      9      0.7900       -",
                        "classifier  finetune      9           -  0.9000");
    }

    @Test
    void hasNoLinesWithoutEvaluations() {
        assertThat(EvaluationTable.of(List.of())).isEmpty();
    }

    @Test
    void aLineOfJsonHasEveryFieldAndNoFigureThatJsonCannotSay() {
        assertThat(EvaluationJson.line(evaluation("a \"run\"", "distill", 7, "knn", Map.of("top5", Double.NaN, "top1", 0.5), 1)))
                .isEqualTo("{\"run\":\"a \\\"run\\\"\",\"step\":7,\"suite\":\"knn\",\"metrics\":{\"top1\":0.5,\"top5\":null},"
                        + "\"images\":10,\"durationMillis\":20,\"objective\":\"distill\",\"stream\":\"val\",\"settingsHash\":\"abc\","
                        + "\"checkpointSha256\":\"def\",\"at\":\"1970-01-01T00:00:01Z\"}");
    }

    @Test
    void anErrorIsShownWhereTheFigureWouldStand() {
        final Evaluation error = Evaluation.newBuilder(evaluation("run", "distill", 7, "knn", Map.of(), 1)).setError("no file")
                .build();

        assertThat(EvaluationTable.of(List.of(error))).last().asString().isEqualTo("run  distill       7       error");
        assertThat(EvaluationJson.line(error)).contains("\"metrics\":{}").endsWith("\"error\":\"no file\"}");
    }

    @Test
    void accuraciesOfClassesAndConfusionsAreInTheJson() {
        final Evaluation evaluation = Evaluation.newBuilder(evaluation("run", "finetune", 7, "classification", Map.of(), 1))
                .setClassAccuracy(Map.of("bee", 0.5, "ant", 1.0))
                .setConfusions(List.of(new Confusion("bee", "ant", 3L))).build();

        assertThat(EvaluationJson.line(evaluation)).endsWith(
                "\"classAccuracy\":{\"ant\":1.0,\"bee\":0.5},\"confusions\":[{\"label\":\"bee\",\"answer\":\"ant\",\"images\":3}]}");
    }

    private static Evaluation evaluation(String run, String objective, long step, String suite, Map<String, Double> metrics,
            long at) {
        return Evaluation.newBuilder().setRun(run).setStep(step).setSuite(suite).setSettingsHash("abc").setMetrics(metrics)
                .setImages(10).setDurationMillis(20).setCheckpointSha256("def").setObjective(objective).setStream("val")
                .setAt(Instant.ofEpochSecond(at)).build();
    }
}
