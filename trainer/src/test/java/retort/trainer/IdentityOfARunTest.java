package retort.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.pipeline.RunException;

/** The identity of a run consists of its settings and the content of its weights. The path of the weights is not part of it. */
class IdentityOfARunTest extends RealTraining {
    private static final String SHAPE = ", teacher-model = {width = 24, depth = 2, heads = 2, patch = 4}";

    @Test
    void aTeacherMayMoveButNotChange() throws IOException {
        final SmallStream stream = SmallStream.create(broker, "train").publish(4);
        train(Training.pretrain("teacher", 1, "") + "," + Training.pretrain("other", 1, ", seed = 9"));
        final Path first = Files.copy(last("teacher").weightsFile(), checkpoints.resolve("first.safetensors"));
        stopAtTwo(Training.distill("student", "file:" + first, 6, SHAPE));
        final Path moved = Files.move(first, checkpoints.resolve("moved.safetensors"));
        Files.copy(last("other").weightsFile(), first);
        stream.publish(20);

        assertThatThrownBy(() -> train(Training.distill("student", "file:" + first, 6, SHAPE))).isInstanceOf(RunException.class)
                .hasMessageContaining("teacher was sha256:" + weightsSha256("teacher") + " and is sha256:"
                        + weightsSha256("other"));
        train(Training.distill("student", "file:" + moved, 6, SHAPE));

        assertThat(last("student").state().step()).isEqualTo(6);
    }

    @Test
    void whatARunStartedFromMayMoveOrGoButNotChange() throws IOException {
        final SmallStream stream = SmallStream.create(broker, "train").publish(4);
        train(Training.pretrain("teacher", 1, "") + "," + Training.pretrain("other", 1, ", seed = 9"));
        final Path file = Files.copy(last("teacher").weightsFile(), checkpoints.resolve("first.safetensors"));
        final String run = Training.finetune("classifier", "file:" + file, 6, "");
        stopAtTwo(run);
        assertThat(last("classifier").state().identity().settings()).containsEntry("init",
                "sha256:" + weightsSha256("teacher"));
        Files.delete(file);
        Files.copy(last("other").weightsFile(), file);
        stream.publish(20);

        assertThatThrownBy(() -> train(run)).isInstanceOf(RunException.class)
                .hasMessageContaining("init was sha256:" + weightsSha256("teacher"));
        Files.delete(file);
        train(run);

        assertThat(last("classifier").state().step()).isEqualTo(6);
    }

    @Test
    void aDifferenceIsNamedByTheUsersOwnKeyAndWhatShapesNothingMayDiffer() {
        SmallStream.create(broker, "train").publish(10);
        train(Training.pretrain("run", 3, ", checkpoint-every = 2"));

        train(Training.pretrain("run", 3, ", checkpoints-per-run = 2"));
        assertThatThrownBy(() -> train(Training.pretrain("run", 3, ", optimizer.lr = 0.002"))).isInstanceOf(RunException.class)
                .hasMessageContaining(" under other settings: optimizer.lr was 0.003 and is 0.002; put them back");
    }

    @Test
    void aTeacherThatWasARunMayBeItsFileButNotWithOtherHeads() throws IOException {
        final SmallStream stream = SmallStream.create(broker, "train").publish(4);
        train(Training.pretrain("teacher", 1, ""));
        stopAtTwo(Training.distill("student", "run:teacher", 6, ""));
        final Path file = Files.copy(last("teacher").weightsFile(), checkpoints.resolve("copy.safetensors"));
        stream.publish(2);
        stopAt(Training.distill("student", "file:" + file, 6, SHAPE), 4);
        stopAt(Training.distill("other", "file:" + file, 6, SHAPE), 4);
        stream.publish(20);

        assertThatThrownBy(() -> train(Training.distill("other", "file:" + file, 6, SHAPE.replace("heads = 2", "heads = 4"))))
                .isInstanceOf(RunException.class).hasMessageContaining("teacher.heads was 2 and is 4");
        train(Training.distill("student", "run:teacher", 6, "") + "," + Training.distill("other", "run:teacher", 6, ""));
        assertThat(weightsSha256("student")).isEqualTo(weightsSha256("other"));
    }

    /** The weights of a run do not depend on settings that another setting replaces. */
    @Test
    void settingsWithoutEffectMayChange() {
        SmallStream.create(broker, "train").publish(40);
        train(Training.pretrain("teacher", 1, ", visible-patches = 4, mask-ratio = 0.5, optimizer.weight-decay = 0") + ","
                + Training.distill("student", "run:teacher", 1, ", reconstruction-weight = 0, decoder.width = 32") + ","
                + Training.finetune("classifier", "run:teacher", 1, ", mixup = 0, temperature = 3"));

        train(Training.pretrain("teacher", 1,
                ", visible-patches = 4, optimizer { base-lr = 7, weight-decay = 0, decay-tokens = false }")
                + "," + Training.distill("student", "run:teacher", 1, ", reconstruction-weight = 0, norm-pix = false") + ","
                + Training.finetune("classifier", "run:teacher", 1, ", mixup = 0, cutmix-share = 0.1, logits-weight = 1"));
        assertThatThrownBy(() -> train(Training.distill("student", "run:teacher", 1, ", reconstruction-weight = 1")))
                .isInstanceOf(RunException.class).hasMessageContaining("reconstruction-weight was 0 and is 1;")
                .hasMessageNotContaining("decoder");
        assertThatThrownBy(() -> train(Training.finetune("classifier", "run:teacher", 1, ", mixup = 0.1, temperature = 3")))
                .isInstanceOf(RunException.class).hasMessageContaining("mixup was 0 and is 0.1");
    }

    /** Checkpoints contain these keys. If a key changed its name, no existing run could go on. */
    @Test
    void theIdentityOfARunKeepsItsKeysAndSpellings() {
        SmallStream.create(broker, "train").publish(4);
        train(Training.pretrain("run", 1, ""));

        assertThat(last("run").state().identity().settings()).isEqualTo(Map.ofEntries(Map.entry("batch", "7"),
                Map.entry("decoder.depth", "1"), Map.entry("decoder.heads", "2"), Map.entry("decoder.width", "16"),
                Map.entry("mask-ratio", "0.75"), Map.entry("model.depth", "2"), Map.entry("model.heads", "2"),
                Map.entry("model.patch", "4"), Map.entry("model.width", "24"), Map.entry("norm-pix", "true"),
                Map.entry("objective", "pretrain"), Map.entry("optimizer.base-lr", "0.00015"),
                Map.entry("optimizer.beta1", "0.9"), Map.entry("optimizer.beta2", "0.95"), Map.entry("optimizer.clip", "0"),
                Map.entry("optimizer.decay-tokens", "true"), Map.entry("optimizer.layer-decay", "1"),
                Map.entry("optimizer.lr", "0.003"), Map.entry("optimizer.micro-batches", "1"),
                Map.entry("optimizer.min-lr", "0"), Map.entry("optimizer.warm-up", "0.2"),
                Map.entry("optimizer.weight-decay", "0.05"), Map.entry("precision", "float32"), Map.entry("seed", "3"),
                Map.entry("start", "0"), Map.entry("steps", "1"), Map.entry("stream", "train"),
                Map.entry("stream.settings-hash", "0123abcd"), Map.entry("trainer.threads", "1"),
                Map.entry("visible-patches", "0")));
    }

    /** Trains until the stream ends. Four records of the small stream hold exactly two batches of a run. */
    private void stopAtTwo(String run) {
        stopAt(run, 2);
    }

    private void stopAt(String run, int step) {
        final String name = run.substring("{name = ".length(), run.indexOf(','));
        try (TrainerService _ = begin(run)) {
            await().atMost(Training.PATIENCE).until(() -> Training.steps(broker, name) == step);
        }
        assertThat(new CheckpointStore(checkpoints).latest(name).orElseThrow().state().step()).isEqualTo(step);
    }
}
