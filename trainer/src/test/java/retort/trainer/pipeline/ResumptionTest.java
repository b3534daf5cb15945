package retort.trainer.pipeline;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import retort.digest.FileDigest;
import retort.kafka.StreamPosition;
import retort.record.Architecture;
import retort.settings.Identity;
import retort.settings.Settings;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.images.SequenceRanges;
import retort.trainer.settings.RunSettings;
import retort.trainer.settings.TrainerSettings;

class ResumptionTest {
    @Test
    void theSameIdentityGoesOn() {
        assertThatCode(() -> Resumption.requireSame(checkpoint(Map.of("batch", "7")), state(Map.of("batch", "7"))))
                .doesNotThrowAnyException();
    }

    @Test
    void everyDifferenceIsNamedByItsKeyWithBothValuesAndTheWaysOn() {
        assertThatThrownBy(() -> Resumption.requireSame(checkpoint(Map.of("batch", "7", "clip", "0", "trainer.threads", "2")),
                state(Map.of("batch", "8", "seed", "1", "trainer.threads", "4")))).isInstanceOf(RunException.class).hasMessage(
                        "run student has a checkpoint at step 5 under other settings: batch was 7 and is 8; clip was 0 and is not set;"
                                + " seed was not set and is 1; trainer.threads was 2 and is 4; put them back, or give the run another"
                                + " name to begin anew");
    }

    @Test
    void aFinishedRunIsHeldAgainstItsSettingsAloneBecauseStreamAndTeacherMayBeGone() {
        final RunSettings run = run("seed = 1");
        final Identity then = run.identity().with("stream.settings-hash", "abc").with("trainer.threads", "2").with("teacher",
                "sha256:x");
        assertThatCode(() -> Resumption.requireSame(checkpoint(then.settings()), run)).doesNotThrowAnyException();
        assertThatThrownBy(() -> Resumption.requireSame(checkpoint(then.settings()), run("seed = 2")))
                .isInstanceOf(RunException.class).hasMessageContaining("seed was 1 and is 2");
    }

    private static RunSettings run(String keys) {
        return TrainerSettings.from(Settings.over(ConfigFactory.parseString(
                "trainer.runs = [{name = student, objective = distill, teacher = \"run:t\", " + keys + "}]"))).runs().getFirst();
    }

    private static Checkpoint checkpoint(Map<String, String> identity) {
        final FileDigest digest = new FileDigest(1, "ab");
        return new Checkpoint(Path.of("step"), state(identity), digest, digest);
    }

    private static TrainingState state(Map<String, String> identity) {
        return new TrainingState("student", 5, 9, "train", 0, new StreamPosition(3, Map.of()), 0, SequenceRanges.NONE,
                Identity.of(identity),
                "distill",
                new Architecture(28, 4, 1, 96, 6, 3, 64, 2, 4, 0, ""), Optional.of("run:t"));
    }
}
