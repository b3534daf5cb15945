package retort.compose.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import retort.evaluator.feed.ComparableScores;
import retort.kafka.Topics;
import retort.record.Evaluation;
import retort.settings.Settings;

class ComparisonTest {
    /** Its codecs let Avro load the classes of the records. */
    @SuppressWarnings("unused")
    private static final Topics TOPICS = new Topics("retort.");

    private static final Config CONFIG = Settings.over(ConfigFactory.parseString("""
            evaluator.suites = [linear, knn, reconstruction, classification]
            trainer.runs = [
                { name = student, objective = distill, teacher = "file:teacher.safetensors" }
                { name = student-mae, objective = pretrain }
                { name = classifier, objective = finetune, init = "run:student" }
                { name = classifier-mae, objective = finetune, init = "run:student-mae" }
                { name = classifier-scratch, objective = finetune, init = scratch }
            ]
            """));

    private static final List<Evaluation> EVALUATIONS = List.of(
            top1("raw-pixels", "none", 0, "linear", 0.85), top1("student", "distill", 0, "linear", 0.6),
            top1("student", "distill", 800, "linear", 0.81), top1("student-mae", "pretrain", 800, "linear", 0.76),
            top1("classifier-scratch", "finetune", 0, "linear", 0.5), top1("classifier-scratch", "finetune", 200, "linear", 0.7),
            top1("student", "distill", 800, "knn", 0.79), top1("classifier", "finetune", 200, "classification", 0.84),
            top1("classifier-mae", "finetune", 200, "classification", 0.82),
            top1("classifier-scratch", "finetune", 200, "classification", 0.79));

    @Test
    void theStudentIsComparedAtItsLastStepWithTheLastStepOfTheRunFromScratch() {
        assertThat(Comparison.of(CONFIG, EVALUATIONS)).first().isEqualTo(new Comparison("linear", "top1", OptionalLong.of(800),
                Optional.of(0.81), Optional.of(0.76), Optional.of(0.7), Optional.of(0.85)));
    }

    @Test
    void classifiersAreComparedByTheRunsThatTheyStartFromAtEqualSteps() {
        assertThat(Comparison.of(CONFIG, EVALUATIONS)).last().isEqualTo(new Comparison("classification", "top1",
                OptionalLong.of(200), Optional.of(0.84), Optional.of(0.82), Optional.of(0.79), Optional.empty()));
    }

    /** A folder that is used again with another setting of a suite holds the scores of both. */
    @Test
    void scoresUnderEarlierSettingsOfASuiteAreLeftOut() {
        final List<Evaluation> both = new ArrayList<>(EVALUATIONS);
        both.add(Evaluation.newBuilder(top1("student", "distill", 900, "linear", 0.9)).setSettingsHash("0001").build());
        both.add(Evaluation.newBuilder(top1("raw-pixels", "none", 0, "linear", 0.3)).setSettingsHash("0001").build());
        both.add(0, Evaluation.newBuilder(top1("student", "distill", 700, "knn", 0.1)).setSettingsHash("0001").build());
        assertThat(Comparison.of(CONFIG, both)).first().isEqualTo(new Comparison("linear", "top1", OptionalLong.of(900),
                Optional.of(0.9), Optional.empty(), Optional.empty(), Optional.of(0.3)));
        assertThat(ComparableScores.of(both)).filteredOn(each -> each.getSuite().equals("knn")).hasSize(1);
    }

    @Test
    void aLineForEachSuiteSaysWhatDistillationIsWorth() {
        assertThat(Comparison.of(CONFIG, EVALUATIONS).stream().flatMap(each -> each.verdict().stream())).containsExactly(
                "linear probe at step 800: student 0.8100, by MAE alone 0.7600, from scratch 0.7000, raw pixels 0.8500: "
                        + "distillation is worth +0.0500",
                "fine-tuned at step 200: student 0.8400, by MAE alone 0.8200, from scratch 0.7900: distillation is worth +0.0200");
    }

    private static Evaluation top1(String run, String objective, long step, String suite, double top1) {
        return Evaluation.newBuilder().setRun(run).setStep(step).setSuite(suite).setSettingsHash("00ff")
                .setMetrics(Map.of("top1", top1)).setImages(10).setDurationMillis(5).setCheckpointSha256("ab")
                .setObjective(objective).setStream("val").setAt(Instant.ofEpochMilli(step)).build();
    }
}
