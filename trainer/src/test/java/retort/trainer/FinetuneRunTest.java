package retort.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import retort.record.Architecture;
import retort.record.CheckpointReady;
import retort.record.TrainingProgress;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.pipeline.RunException;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.SafeTensors;
import retort.trainer.weights.WeightsException;

/** Trains classifiers from earlier checkpoints, on a real broker. */
class FinetuneRunTest extends RealTraining {
    @Test
    void finetunesADistilledStudent() {
        SmallStream.create(broker, "train").publish(40);

        train(Training.pretrain("teacher", 3, "") + "," + Training.distill("student", "run:teacher", 3, "") + ","
                + Training.finetune("classifier", "run:student", 20, ", model = {width = 16, depth = 2, heads = 2, patch = 4}"));

        final CheckpointReady announced = Training.checkpoints(broker).get("classifier/20");
        assertThat(announced.getObjective()).isEqualTo("finetune");
        assertThat(announced.getMaskRatio()).isZero();
        assertThat(announced.getArchitecture()).isEqualTo(new Architecture(16, 4, 1, 16, 2, 2, 0, 0, 0, 3, "avg"));
        assertThat(progress("classifier").getLosses()).containsOnlyKeys("total", "classification");
        final Map<String, HostTensor> first = at("classifier", 0).weights();
        final Map<String, HostTensor> student = last("student").weights();
        assertThat(first).containsKeys("fc_norm.weight", "head.weight").doesNotContainKeys("norm.weight", "mask_token");
        for (final String name : List.of("pos_embed", "cls_token", "blocks.1.mlp.fc2.weight"))
            assertThat(first.get(name).view()).as(name).isEqualTo(student.get(name).view());
        assertThat(last("classifier").weights().get("blocks.1.mlp.fc2.weight").view())
                .isNotEqualTo(student.get("blocks.1.mlp.fc2.weight").view());
    }

    @Test
    void theClassTokenMayBeWhatIsClassified() {
        SmallStream.create(broker, "train").publish(12);

        train(Training.pretrain("teacher", 2, "") + "," + Training.finetune("classifier", "run:teacher", 2, ", pooling = token"));

        assertThat(at("classifier", 0).weights().get("norm.weight").view())
                .isEqualTo(last("teacher").weights().get("norm.weight").view());
        assertThat(last("classifier").state().architecture().getPooling()).isEqualTo("token");
    }

    @Test
    void goesOnBitByBitWhereItWasStoppedAndNeedsItsBeginningNoMore() {
        SmallStream.create(broker, "train").publish(20);
        train(Training.pretrain("teacher", 1, "") + "," + Training.finetune("calm", "run:teacher", 12, ""));
        final SmallStream slow = SmallStream.create(broker, "slow");
        final String stopped = Training.finetune("stopped", "run:teacher", 12, ", stream = slow");
        for (final int steps : new int[]{2, 5, 8}) {
            slow.publish(4);
            try (TrainerService _ = begin(stopped)) {
                await().atMost(Training.PATIENCE).until(() -> Training.steps(broker, "stopped") == steps);
            }
            final CheckpointStore store = new CheckpointStore(checkpoints);
            store.list("teacher").forEach(store::delete);
        }
        slow.publish(8);
        train(stopped);

        assertThat(weightsSha256("stopped")).isEqualTo(weightsSha256("calm"));
        assertThat(last("stopped").optimizerDigest().bytes()).isEqualTo(last("calm").optimizerDigest().bytes());
        last("calm").optimizer().forEach(
                (name, tensor) -> assertThat(last("stopped").optimizer().get(name).view()).as(name).isEqualTo(tensor.view()));
    }

    /** The first control of the paper. */
    @Test
    void featuresOfAFinetunedTeacherAreDistilled() {
        SmallStream.create(broker, "train").publish(20);
        final String teacher = Training.pretrain("teacher", 2, "") + "," + Training.finetune("classifier", "run:teacher", 4, "");

        train(teacher + "," + Training.distill("student", "run:classifier", 4, ""));
        train(Training.distill("other", "file:" + last("classifier").weightsFile(), 4,
                ", teacher-model = {width = 24, depth = 2, heads = 2, patch = 4}"));

        assertThat(progress("student").getLosses()).containsOnlyKeys("total", "reconstruction", "distillation");
        assertThat(last("student").state().identity().settings()).containsEntry("teacher",
                "sha256:" + weightsSha256("classifier"));
        assertThat(weightsSha256("other")).isEqualTo(weightsSha256("student"));
    }

    /** The second control of the paper. */
    @Test
    void answersOfAFinetunedTeacherAreLearnedBesideTheLabels() {
        SmallStream.create(broker, "train").publish(60);
        train(Training.pretrain("teacher", 2, "") + "," + Training.finetune("classifier", "run:teacher", 20, ", pooling = token")
                + "," + Training.finetune("plain", "run:teacher", 1, ""));
        final String more = ", temperature = 2, logits-weight = 0.9, smoothing = 0, mixup = 0, cutmix = 0, erase = 0";

        train(Training.finetune("pupil", "run:teacher", 30, more + ", teacher = \"run:classifier\"") + ","
                + Training.finetune("other", "run:teacher", 30, more + ", teacher = \"file:" + last("classifier").weightsFile()
                        + "\", teacher-model = {width = 24, depth = 2, heads = 2, patch = 4}"));

        final List<TrainingProgress> heard = Training.allProgress(broker, "pupil").stream()
                .filter(progress -> !progress.getLosses().isEmpty()).toList();
        assertThat(heard.getFirst().getLosses()).containsOnlyKeys("total", "classification", "distillation");
        final Map<String, Double> losses = heard.getFirst().getLosses();
        assertThat(losses.get("total")).isCloseTo(0.1 * losses.get("classification") + 0.9 * losses.get("distillation"),
                org.assertj.core.api.Assertions.within(1e-5));
        assertThat(last("pupil").state().teacher()).contains("run:classifier");
        assertThat(weightsSha256("other")).isEqualTo(weightsSha256("pupil"));
        assertThatThrownBy(() -> train(Training.finetune("lost", "run:teacher", 1, ", teacher = \"run:teacher\"")))
                .isInstanceOf(RunException.class).hasMessageContaining("run:teacher, which is no classifier");
        assertThatThrownBy(() -> train(Training.finetune("four", "run:teacher", 1,
                ", classes = 4, teacher = \"run:classifier\""))).isInstanceOf(RunException.class)
                .hasMessage("run four cannot begin on stream train: a classifier of 4 classes cannot learn the answers of"
                        + " run:classifier, which has 3: its teacher must be fine-tuned on the same classes");
    }

    @Test
    void weightsThatDoNotFitAreListedAndRefusedUnlessAllowedByName() {
        SmallStream.create(broker, "train").publish(12);
        train(Training.pretrain("teacher", 1, "") + "," + Training.finetune("three", "run:teacher", 1, ""));
        final Map<String, HostTensor> odd = new HashMap<>(last("teacher").weights());
        odd.remove("blocks.1.attn.proj.bias");
        odd.put("blocks.0.norm1.weight", HostTensor.ofFloats(new float[7], 7));
        odd.put("gate", HostTensor.ofFloats(new float[1], 1));
        final Path file = checkpoints.resolve("odd.safetensors");
        SafeTensors.write(file, odd, Map.of());

        assertThatThrownBy(() -> train(Training.finetune("run", "file:" + file, 1, ""))).isInstanceOf(WeightsException.class)
                .hasMessageContaining("1 missing: blocks.1.attn.proj.bias; 1 unexpected: gate; 1 of another shape: "
                        + "blocks.0.norm1.weight has shape [7], its place [24]")
                .hasMessageEndingWith("init-allow");
        train(Training.finetune("run", "file:" + file, 1, ", init-allow = [\"*.bias\", gate, blocks.0.norm1.weight]"));
        assertThatThrownBy(() -> train(Training.finetune("five", "run:three", 1, ", classes = 5")))
                .isInstanceOf(WeightsException.class).hasMessageContaining("head.weight has shape [3, 24], its place [5, 24]");
        train(Training.finetune("five", "run:three", 1, ", classes = 5, init-allow = [\"head.*\"]"));

        assertThat(last("five").state().architecture().getClasses()).isEqualTo(5);
        assertThatThrownBy(() -> train(Training.finetune("none", "run:nobody", 1, ""))).isInstanceOf(RunException.class)
                .hasMessageContaining("run:nobody as what it starts from, but there is no checkpoint of nobody");
    }

    @Test
    void imagesWithoutLabelsOrWithUnknownOnesStopTheRunWithOneSentence() {
        SmallStream.create(broker, "bare", -1, 0).publish(4);
        SmallStream.create(broker, "odd", -1, 2).publish(4);

        assertThatThrownBy(() -> train(Training.finetune("bare", "scratch", 1, ", stream = bare"))).isInstanceOf(
                RunException.class)
                .hasMessageContaining("run bare cannot begin on stream bare: the images of stream bare have no labels");
        assertThatThrownBy(() -> train(Training.finetune("odd", "scratch", 1, ", stream = odd"))).isInstanceOf(
                RunException.class).hasMessage(
                        "run odd cannot go on with stream odd: sample 2 has label 2, and a classifier of 2"
                                + " classes takes 0 to 1; set classes above every label, or label the source anew");
        train(Training.finetune("wide", "scratch", 1, ", stream = odd, classes = 3"));
    }

    private TrainingProgress progress(String run) {
        final TrainingProgress last = Training.progress(broker).get(run);
        if (last == null)
            throw new AssertionError("run " + run + " has told of nothing");
        return last;
    }

    private Checkpoint at(String run, long step) {
        return new CheckpointStore(checkpoints).list(run).stream().filter(checkpoint -> checkpoint.state().step() == step)
                .findFirst().orElseThrow();
    }
}
