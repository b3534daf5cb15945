package retort.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import retort.trainer.export.ModelExport;
import retort.trainer.export.Target;
import retort.trainer.pipeline.RunException;
import retort.trainer.weights.WeightsException;

/** Runs of the methods of compose/docs/methods.md go on to the same bits, and their settings are compared like all others. */
class MethodRunTest extends RealTraining {
    @ParameterizedTest
    @ValueSource(strings = {
            "objective = distill, distance = smooth-l1, smooth-l1-beta = 2, channel-reduction = sum, unit-features = false,"
                    + " standardize-targets = true",
            "objective = distill, mask-ratio = 0.9, teacher-visible-patches = 9, generator-blocks = 2, projection = linear, distance = l2,"
                    + " unit-features = false",
            "objective = relate", "objective = relate, reconstruction-weight = 0, mask-ratio = 0, relations = [qk, vv],"
                    + " head-adapter = false, relation-distance = kl, drop-path = 0.3, drop-path-uniform = true",
            "objective = decode, teacher-decoder = {width = 16, depth = 1, heads = 2}, teacher-decoder-block = 0",
            "objective = align, drop-path = 0.3",
            "objective = align, masking = random, mix = none, second-teacher {teacher = \"run:other\", weight = 0.5}"})
    void goesOnBitByBitWhereItWasStopped(String method) {
        goesOn(Training.pretrain("teacher", 1, "") + "," + Training.pretrain("other", 1, ""), method);
    }

    /** The second stage of G2SD. Its answer is the mean of two heads, and no exported model has two. */
    @Test
    void aClassifierWithADistillationTokenGoesOnToo() {
        goesOn(Training.pretrain("teacher", 1, "") + "," + Training.finetune("classifier", "run:teacher", 4, ""),
                "objective = finetune, init = scratch, pooling = token, distillation-token = true, teacher = \"run:classifier\"");

        assertThat(last("calm").weights()).containsKeys("dist_token", "head_dist.weight", "head.weight", "norm.weight");
        assertThatThrownBy(() -> ModelExport.export(ModelExport.Request.of(last("calm").weightsFile()), Target.TIMM,
                checkpoints.resolve("export"))).isInstanceOf(WeightsException.class)
                .hasMessageContaining("head_dist.weight").hasMessageContaining("the mean of two heads");
    }

    private void goesOn(String teachers, String method) {
        SmallStream.create(broker, "train").publish(20);
        train(teachers);
        train(run("calm", method));
        final SmallStream slow = SmallStream.create(broker, "slow");
        final String stopped = run("stopped", method + ", stream = slow");
        slow.publish(4);
        try (TrainerService _ = begin(teachers + "," + stopped)) {
            await().atMost(Training.PATIENCE).until(() -> Training.steps(broker, "stopped") == 2);
        }
        slow.publish(16);
        train(stopped);

        assertThat(weightsSha256("stopped")).isEqualTo(weightsSha256("calm"));
    }

    /** Earlier releases did not have these settings, and their runs go on. */
    @Test
    void whatALaterReleaseAddedIsInTheIdentityOnlyWhereItSaysSomething() {
        SmallStream.create(broker, "train").publish(20);
        train(Training.pretrain("teacher", 1, "") + "," + Training.distill("student", "run:teacher", 2, ""));
        assertThat(last("student").state().identity().settings()).containsKeys("distance", "unit-features")
                .doesNotContainKeys("smooth-l1-beta", "channel-reduction", "standardize-targets", "generator-blocks",
                        "generation-weight");

        train(Training.distill("student", "run:teacher", 2, ", smooth-l1-beta = 3")); // the distance is l1
        train(Training.distill("student", "run:teacher", 2, ", generation-weight = 3")); // there is no generator
        assertThatThrownBy(() -> train(Training.distill("student", "run:teacher", 2, ", standardize-targets = true")))
                .isInstanceOf(RunException.class).hasMessageContaining("standardize-targets was not set and is true");
        train(Training.distill("other", "run:teacher", 2, ", channel-reduction = sum"));
        assertThat(last("other").state().identity().settings()).containsAllEntriesOf(Map.of("channel-reduction", "sum"));
    }

    /** Another second teacher, none, and another weight of it make another run. */
    @Test
    void theSecondTeacherIsInTheIdentity() {
        SmallStream.create(broker, "train").publish(20);
        train(Training.pretrain("teacher", 1, "") + "," + Training.pretrain("other", 1, ", seed = 9"));
        final String both = "objective = align, second-teacher {teacher = \"run:other\", weight = %s}";
        train(run("two", both.formatted("2")));
        train(run("one", "objective = align"));
        train(run("one", "objective = align, second-teacher.weight = 7")); // there is none
        assertThat(last("one").state().identity().settings()).doesNotContainKeys("drop-path", "drop-path-uniform");
        train(run("one", "objective = align, drop-path = 0, drop-path-uniform = true")); // no branch is left out
        assertThatThrownBy(() -> train(run("one", "objective = align, drop-path = 0.1"))).isInstanceOf(RunException.class)
                .hasMessageContaining("drop-path was not set and is 0.1");
        assertThat(last("two").state().identity().settings()).containsKey("second-teacher.teacher");
        assertThatThrownBy(() -> train(run("two", both.formatted("3")))).isInstanceOf(RunException.class)
                .hasMessageContaining("second-teacher.weight was 2 and is 3");
    }

    private static String run(String name, String method) {
        return "{name = " + name
                + ", teacher = \"run:teacher\", steps = 8, model = {width = 16, depth = 2, heads = 2, patch = 4}, "
                + method + "}";
    }
}
