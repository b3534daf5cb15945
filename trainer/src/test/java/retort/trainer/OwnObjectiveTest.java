package retort.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.Test;
import retort.record.TrainingProgress;
import retort.settings.SettingException;

/** An objective that no class of Retort names is trained, saved and resumed like Retort's own objectives. */
class OwnObjectiveTest extends RealTraining {
    @Test
    void trainsAndGoesOnBitByBitWhereItWasStopped() {
        SmallStream.create(broker, "train").publish(20);
        train(run("calm", ""));
        final SmallStream slow = SmallStream.create(broker, "slow");
        final String stopped = run("stopped", ", stream = slow");
        slow.publish(4);
        try (TrainerService _ = begin(stopped)) {
            await().atMost(Training.PATIENCE).until(() -> Training.steps(broker, "stopped") == 2);
        }
        slow.publish(16);
        train(stopped);

        assertThat(weightsSha256("stopped")).isEqualTo(weightsSha256("calm"));
        assertThat(last("calm").state().objective()).isEqualTo("brightness");
        assertThat(last("calm").state().identity().settings()).containsEntry("spread", "0.25")
                .containsEntry("optimizer.weight-decay", "0").doesNotContainKeys("mask-ratio", "distance", "smoothing");
        final List<TrainingProgress> heard = Training.allProgress(broker, "calm").stream()
                .filter(progress -> !progress.getLosses().isEmpty()).toList();
        assertThat(heard.getLast().getLosses()).containsOnlyKeys("total");
    }

    @Test
    void itsOwnKeysAreCheckedAndThoseOfOthersRefused() {
        assertThatThrownBy(() -> begin(run("run", ", spread = 2"))).isInstanceOf(SettingException.class)
                .hasMessageContaining("trainer.runs[0].spread = 2.0: must be 0.0 to 1.0");
        assertThatThrownBy(() -> begin(run("run", ", mask-ratio = 0.5"))).isInstanceOf(SettingException.class)
                .hasMessageContaining("unknown setting trainer.runs[0].mask-ratio");
    }

    private static String run(String name, String more) {
        return "{name = " + name + ", objective = brightness, steps = 12, model = {width = 16, depth = 2, heads = 2, patch = 4}"
                + more + "}";
    }
}
