package retort.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import retort.settings.SettingException;
import retort.trainer.pipeline.RunException;

/** Runs that are measured in epochs. An epoch of the stream has 23 samples, a step takes seven: four epochs hold 13 whole batches. */
class EpochsTest extends RealTraining {
    private static final String FOUR = ", epochs = 4, optimizer = {warm-up-epochs = 1}";

    @Test
    void aRunByEpochsIsTheRunByAsManySteps() {
        SmallStream.create(broker, "train").publish(20);

        train(Training.pretrain("epochs", 1, FOUR) + "," + Training.pretrain("steps", 13, ", optimizer = {warm-up = 0.25}"));

        assertThat(last("epochs").state().step()).isEqualTo(13);
        assertThat(last("epochs").state().steps()).isEqualTo(13);
        assertThat(last("epochs").state().identity()).isEqualTo(last("steps").state().identity());
        assertThat(weightsSha256("epochs")).isEqualTo(weightsSha256("steps"));
    }

    @Test
    void itResumesAndRefusesOtherEpochs() {
        final SmallStream stream = SmallStream.create(broker, "train").publish(8);
        final String run = Training.pretrain("resumed", 1, FOUR);
        try (TrainerService _ = begin(run)) {
            await().atMost(Training.PATIENCE).until(() -> Training.steps(broker, "resumed") >= 4);
        }
        assertThat(last("resumed").state().step()).isGreaterThanOrEqualTo(4).isLessThan(13);
        stream.publish(12);
        final String five = Training.pretrain("resumed", 1, ", epochs = 5, optimizer = {warm-up-epochs = 1.25}");
        assertThatThrownBy(() -> train(five)).isInstanceOf(RunException.class).hasMessageContaining("steps was 13 and is 16");

        train(run + "," + Training.pretrain("calm", 1, FOUR));

        assertThat(weightsSha256("resumed")).isEqualTo(weightsSha256("calm"));
        assertThatThrownBy(() -> train(five)).isInstanceOf(RunException.class).hasMessageContaining("steps was 13 and is 16");
        train(run);
    }

    @Test
    void aWarmUpInEpochsNeedsARunInEpochs() {
        assertThatThrownBy(() -> begin(Training.pretrain("a", 5, ", optimizer = {warm-up-epochs = 1}")))
                .isInstanceOf(SettingException.class).hasMessageContaining("warm-up-epochs").hasMessageContaining("needs epochs");
        assertThatThrownBy(() -> begin(Training.pretrain("a", 5, ", epochs = 1, optimizer = {warm-up-epochs = 2}")))
                .isInstanceOf(SettingException.class).hasMessageContaining("must be at most epochs, 1");
    }
}
