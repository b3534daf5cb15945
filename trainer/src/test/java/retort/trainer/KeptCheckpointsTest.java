package retort.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import retort.kafka.Keys;
import retort.kafka.RecordSink;
import retort.record.CheckpointReady;
import retort.record.Evaluation;
import retort.record.Promotion;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.CheckpointStore;

/** Trains real runs of 12 steps that are saved every 2 steps. The test evaluates their checkpoints as an evaluator does. */
class KeptCheckpointsTest extends RealTraining {
    private static final String OFTEN = ", checkpoint-every = 2";

    private RecordSink evaluator;

    @BeforeEach
    void publish() {
        SmallStream.create(broker, "train").publish(20);
        evaluator = broker.sink("evaluator", 1 << 20);
    }

    @AfterEach
    void close() {
        evaluator.close();
    }

    @Test
    void byDefaultNoneIsEverDeleted() {
        train(run("run", ""));
        evaluate("run", "knn", 0, 2, 4, 6, 8, 10, 12);
        train(run("run", ""));

        assertThat(steps("run")).containsExactly(0L, 2L, 4L, 6L, 8L, 10L, 12L);
        assertThat(announced("run")).containsExactly(0L, 2L, 4L, 6L, 8L, 10L, 12L);
    }

    @Test
    void noneIsDeletedBeforeItIsEvaluatedAndThenAllButTheLastOnesAre() {
        final String run = run("run", ", keep { last = 2 }");
        train(run);
        assertThat(steps("run")).as("nothing is evaluated").containsExactly(0L, 2L, 4L, 6L, 8L, 10L, 12L);

        evaluate("run", "knn", 0, 2, 4);
        evaluate("run", "reconstruction", 0, 2);
        train(run);

        assertThat(steps("run")).as("the evaluator is at step 4").containsExactly(4L, 6L, 8L, 10L, 12L);
        assertThat(announced("run")).containsExactly(4L, 6L, 8L, 10L, 12L);
        evaluate("run", "knn", 6, 8, 10, 12);
        evaluate("run", "reconstruction", 4, 6, 8, 10, 12);
        train(run);

        assertThat(steps("run")).containsExactly(10L, 12L);
        assertThat(announced("run")).containsExactly(10L, 12L);
    }

    @Test
    void everyMthAndTheBestByAPromotedMetricAreKeptToo() {
        final String run = run("run", ", keep { last = 1, every = 4, best = [knn.top1] }");
        train(run);
        evaluate("run", "knn", 0, 2, 4, 6, 8, 10, 12);
        promote("run", "knn.top1", 6);
        promote("run", "reconstruction.loss", 2);
        train(run);
        assertThat(steps("run")).containsExactly(0L, 4L, 6L, 8L, 12L);

        promote("run", "knn.top1", 12);
        train(run);
        assertThat(steps("run")).containsExactly(0L, 4L, 8L, 12L);
    }

    @Test
    void aRefusedEvaluationCountsAsOneAndOneOfOtherWeightsDoesNot() {
        final String run = run("run", ", keep { last = 1 }");
        train(run);
        publish("run", "knn", 0, sha256("run", 0), "it does not fit");
        publish("run", "knn", 2, sha256("run", 0), null);
        evaluate("run", "knn", 12);
        evaluate("other", "knn", 4, 6);
        train(run);

        assertThat(steps("run")).containsExactly(2L, 4L, 6L, 8L, 10L, 12L);
    }

    /** A suite that passes checkpoints over says so, so it holds none of them. */
    @Test
    void whatASuitePassesOverIsNotKeptForIt() {
        final String run = run("run", ", keep { last = 1 }");
        train(run);
        for (final long step : new long[]{0, 2, 4, 6, 8, 10})
            evaluator.send(broker.topics().evaluations(), Evaluation.newBuilder().setRun("run").setStep(step).setSuite("linear")
                    .setSettingsHash("h").setMetrics(Map.of()).setImages(0).setDurationMillis(0).setStream("val")
                    .setCheckpointSha256(sha256("run", step)).setObjective("pretrain").setAt(Instant.now())
                    .setPassedOver("evaluator.linear.checkpoints = last").build()).block(Training.PATIENCE);
        train(run);

        assertThat(steps("run")).as("10 may still be looked at").containsExactly(10L, 12L);
    }

    @Test
    void whatOtherRunsStartFromIsKept() {
        train(run("teacher", ""));
        final Checkpoint early = new CheckpointStore(checkpoints).list("teacher").get(2);
        evaluate("teacher", "knn", 0, 2, 4, 6, 8, 10, 12);

        train(run("teacher", ", keep { last = 1 }") + ","
                + Training.finetune("classifier", "file:" + early.weightsFile(), 1, "") + ","
                + Training.distill("student", "run:teacher", 1, ""));

        assertThat(steps("teacher")).containsExactly(4L, 12L);
    }

    /** The state after a kill between the two: the tombstone is on the topic, and the files are still there. */
    @Test
    void aTombstoneWhoseFilesWereNotDeletedIsFinishedAtTheNextStart() {
        final String run = run("run", ", keep { last = 1 }");
        train(run);
        evaluate("run", "knn", 0, 2, 4, 6, 8, 10, 12);
        evaluator.sendAll(List.of(broker.topics().checkpoints().tombstone(Keys.checkpoint("run", 2)))).block(Training.PATIENCE);
        assertThat(announced("run")).doesNotContain(2L);

        train(run);

        assertThat(steps("run")).containsExactly(12L);
        assertThat(announced("run")).containsExactly(12L);
    }

    @Test
    void aRunWhoseOldCheckpointsAreDeletedWhileItTrainsGoesOnToTheSameBytes() {
        final String run = Training.pretrain("run", 12, OFTEN + ", keep { last = 1 }");
        try (TrainerService _ = begin(run)) {
            org.awaitility.Awaitility.await().atMost(Training.PATIENCE).until(() -> steps("run").contains(4L));
        }
        evaluate("run", "knn", 0, 2, 4);
        train(run + "," + run("calm", ""));

        assertThat(steps("run")).doesNotContain(0L, 2L).contains(12L);
        assertThat(weightsSha256("run")).isEqualTo(weightsSha256("calm"));
    }

    private static String run(String name, String more) {
        return Training.pretrain(name, 12, OFTEN + more);
    }

    private void evaluate(String run, String suite, long... steps) {
        LongStream.of(steps).forEach(step -> publish(run, suite, step,
                run.equals("other") ? "another" : sha256(run, step), null));
    }

    private void publish(String run, String suite, long step, String sha256, @org.jspecify.annotations.Nullable String error) {
        evaluator.send(broker.topics().evaluations(), Evaluation.newBuilder().setRun(run).setStep(step).setSuite(suite)
                .setSettingsHash("hash").setMetrics(Map.of()).setImages(0).setDurationMillis(0).setCheckpointSha256(sha256)
                .setObjective("pretrain").setStream("val").setAt(Instant.now()).setError(error).build())
                .block(Training.PATIENCE);
    }

    private void promote(String run, String metric, long step) {
        evaluator
                .send(broker.topics().promotions(), Promotion.newBuilder().setRun(run).setMetric(metric).setStep(step).setValue(1)
                        .setUri("file:/").setSha256(sha256(run, step)).setAt(Instant.now()).build())
                .block(Training.PATIENCE);
    }

    private String sha256(String run, long step) {
        return new CheckpointStore(checkpoints).list(run).stream().filter(each -> each.state().step() == step)
                .map(each -> each.weightsDigest().sha256()).findFirst().orElse("deleted");
    }

    private List<Long> steps(String run) {
        return new CheckpointStore(checkpoints).list(run).stream().map(each -> each.state().step()).toList();
    }

    private List<Long> announced(String run) {
        return Training.checkpoints(broker).values().stream().filter(each -> each.getRun().equals(run))
                .map(CheckpointReady::getStep).sorted().toList();
    }
}
