package retort.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.learn.StepMemory;
import retort.trainer.settings.RunSettings;

/** {@code optimizer.micro-batches = auto}: the first process of a run chooses, and its checkpoints keep the choice. */
class AutomaticMicroBatchesTest extends RealTraining {
    private static final String AUTO = ", optimizer.micro-batches = auto";

    @Test
    void theFirstProcessChoosesAndTheNextOneGoesOnInIt() {
        SmallStream.create(broker, "train").publish(20);

        Training.run(Training.config(broker, checkpoints, Training.pretrain("auto", 3, AUTO)), engine);
        Training.run(Training.config(broker, checkpoints, Training.pretrain("one", 3, "")), engine);

        assertThat(kept("auto")).isEqualTo("1"); // seven images of 16 px fit into any machine
        assertThat(Training.weightsSha256(checkpoints, "auto")).isEqualTo(Training.weightsSha256(checkpoints, "one"));
        Training.run(Training.config(broker, checkpoints, Training.pretrain("auto", 3, AUTO)), engine);
        Training.run(Training.config(broker, checkpoints, Training.pretrain("auto", 3, "")), engine);
    }

    @Test
    void aRunThatBeganInPartsGoesOnInThem() {
        SmallStream.create(broker, "train").publish(20);
        Training.run(Training.config(broker, checkpoints, Training.pretrain("parts", 3, ", optimizer.micro-batches = 7")),
                engine);

        Training.run(Training.config(broker, checkpoints, Training.pretrain("parts", 3, AUTO)), engine);

        assertThat(kept("parts")).isEqualTo("7");
    }

    @Test
    void asFewPartsAsFitAndTheyDivideTheBatch() {
        final StepMemory step = new StepMemory(100, 10);
        assertThat(step.parts(12, 220)).isOne();
        assertThat(step.parts(12, 219)).isEqualTo(2);
        assertThat(step.parts(12, 125)).isEqualTo(6);
        assertThat(step.parts(12, 50)).isEqualTo(12);
    }

    private String kept(String run) {
        return new CheckpointStore(checkpoints).latest(run).orElseThrow().state().identity().settings()
                .get(RunSettings.MICRO_BATCHES);
    }
}
