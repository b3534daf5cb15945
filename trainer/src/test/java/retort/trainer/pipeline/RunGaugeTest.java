package retort.trainer.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import retort.digest.FileDigest;
import retort.kafka.StreamPosition;
import retort.record.Architecture;
import retort.record.RunState;
import retort.record.Stream;
import retort.record.TrainingProgress;
import retort.settings.Identity;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.images.ImagePosition;
import retort.trainer.images.SequenceRanges;
import retort.trainer.learn.Losses;

/** Uses a clock that the test sets, in seconds. */
class RunGaugeTest {
    private static final int BATCH = 10;

    private double seconds = 100;
    private final RunGauge gauge = new RunGauge("run", "train", 50, BATCH, 3000, () -> (long) (seconds * 1e9));

    @Test
    void saysHowLongTheLastCheckpointHeldTrainingUp() {
        assertThat(gauge.read().getCheckpointPauseMillis()).isZero();
        gauge.copied(5, Duration.ofMillis(230));
        assertThat(gauge.read().getCheckpointPauseMillis()).isEqualTo(230);
    }

    @Test
    void saysHowLongTheStepHasBeenComputedThatIsNotTakenYet() {
        begin(0, 0);
        gauge.stepping();
        seconds += 192;

        assertThat(gauge.steppingFor()).isEqualTo(Duration.ofSeconds(192));
        assertThat(ProgressLine.of(gauge.read(), gauge.steppingFor())).endsWith("  in step 1 for 3:12");
        gauge.taken(1, ImagePosition.at(10), 0.1);
        assertThat(gauge.steppingFor()).isZero();
        assertThat(ProgressLine.of(gauge.read(), gauge.steppingFor())).doesNotContain("in step");
    }

    @Test
    void aRunThatHasNotBegunIsStarting() {
        final TrainingProgress progress = gauge.read();

        assertThat(progress.getState()).isEqualTo(RunState.STARTING);
        assertThat(progress.getRun()).isEqualTo("run");
        assertThat(progress.getStream()).isEqualTo("train");
        assertThat(List.of(progress.getStep(), progress.getNextSequence(), progress.getSavedSequence())).containsOnly(0L);
        assertThat(progress.getSteps()).isEqualTo(50);
        assertThat(progress.getBatch()).isEqualTo(BATCH);
        assertThat(progress.getLeaseMillis()).isEqualTo(3000);
        assertThat(progress.getLosses()).isEmpty();
        assertThat(progress.getGradientNorm()).isNull();
    }

    @Test
    void aResumedRunStandsAtItsCheckpointAndCountsImagesFromThere() {
        gauge.saved(checkpoint(20, 33));
        assertThat(gauge.read().getStep()).isEqualTo(20);
        begin(20, 33);
        step(2, 21, 34);

        final TrainingProgress progress = gauge.read();
        assertThat(progress.getStep()).isEqualTo(21);
        assertThat(progress.getNextSequence()).isEqualTo(34);
        assertThat(progress.getSavedSequence()).isEqualTo(33);
        assertThat(progress.getImagesPerSecond()).isEqualTo(BATCH / 2.0);
    }

    @Test
    void aRunThatGoesOnHasNoRateBeforeItsFirstStep() {
        seconds += 5;
        gauge.saved(checkpoint(20, 33));
        seconds += 1;

        assertThat(gauge.read().getStep()).isEqualTo(20);
        assertThat(gauge.read().getImagesPerSecond()).isZero();
    }

    @Test
    void ratesAreOverTheStepsSinceTheLastReading() {
        begin(0, 0);
        waiting(1);
        step(1, 1, 1);
        waiting(1);
        step(1, 2, 2);

        final TrainingProgress first = gauge.read();
        assertThat(first.getImagesPerSecond()).isEqualTo(2 * BATCH / 4.0);
        assertThat(first.getWaitingShare()).isEqualTo(0.5);

        waiting(0);
        step(0.5, 3, 3);
        assertThat(gauge.read().getImagesPerSecond()).isEqualTo(BATCH / 0.5);
        assertThat(gauge.read().getWaitingShare()).isZero();
    }

    @Test
    void ratesStayWhileALongStepRuns() {
        begin(0, 0);
        waiting(0);
        step(1, 1, 1);
        assertThat(gauge.read().getImagesPerSecond()).isEqualTo(BATCH);

        gauge.stepping();
        seconds += 60;
        assertThat(gauge.read().getState()).isEqualTo(RunState.TRAINING);
        assertThat(gauge.read().getImagesPerSecond()).isEqualTo(BATCH);
    }

    @Test
    void aRunIsWaitingIfItHadNoImagesSinceTheLastReadingAndTrainingAgainWithItsNextStep() {
        begin(0, 0);
        waiting(0);
        step(1, 1, 1);
        gauge.waiting();
        seconds += 0.1;
        assertThat(gauge.read().getState()).as("it has just begun to wait").isEqualTo(RunState.TRAINING);
        seconds += 1;
        final TrainingProgress starved = gauge.read();
        assertThat(starved.getState()).isEqualTo(RunState.WAITING);
        assertThat(starved.getImagesPerSecond()).isZero();
        assertThat(starved.getWaitingShare()).isEqualTo(1);

        step(1, 2, 2);
        final TrainingProgress again = gauge.read();
        assertThat(again.getState()).isEqualTo(RunState.TRAINING);
        assertThat(again.getWaitingShare()).as("1.1 of 2.1 s").isCloseTo(1.1 / 2.1, org.assertj.core.api.Assertions.within(1e-9));
    }

    @Test
    void lossesAreThoseOfTheLastStepThatWasMeasured() {
        begin(0, 0);
        step(1, 1, 1);
        gauge.stepped(new TrainedStep(1, new long[BATCH], new Losses(Map.of("total", 0.25), 1.5, 0.1), ImagePosition.at(1)));
        step(1, 2, 2);

        final TrainingProgress progress = gauge.read();
        assertThat(progress.getStep()).isEqualTo(2);
        assertThat(progress.getLearningRate()).isEqualTo(0.002);
        assertThat(progress.getLosses()).isEqualTo(Map.of("total", 0.25));
        assertThat(progress.getGradientNorm()).isEqualTo(1.5);
    }

    @Test
    void aCheckpointMovesTheSavedSequenceAlone() {
        begin(0, 0);
        step(1, 1, 4);
        gauge.saved(checkpoint(1, 4));
        step(1, 2, 7);

        assertThat(gauge.read().getSavedSequence()).isEqualTo(4);
        assertThat(gauge.read().getNextSequence()).isEqualTo(7);
    }

    @Test
    void epochsAreThoseOfTheStreamAndNoneWhereItHasNone() {
        gauge.begun(stream(40L), checkpoint(0, 0).state());
        step(1, 10, 1);
        assertThat(gauge.read().getEpoch()).isEqualTo(2.5);

        gauge.begun(stream(null), checkpoint(0, 0).state());
        assertThat(gauge.read().getEpoch()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"FINISHED", "STOPPED", "FAILED"})
    void theLastStateTellsHowItEnded(RunState state) {
        begin(0, 0);
        waiting(5);
        gauge.ended(switch (state) {
            case FINISHED -> new RunOutcome.Finished();
            case STOPPED -> new RunOutcome.Stopped();
            default -> new RunOutcome.Failed(new IllegalStateException());
        });
        seconds += 5;
        gauge.read();
        assertThat(gauge.read().getState()).isEqualTo(state);
    }

    private void begin(long step, long next) {
        gauge.begun(stream(40L), checkpoint(step, next).state());
    }

    private void waiting(double time) {
        gauge.waiting();
        seconds += time;
    }

    private void step(double time, long number, long next) {
        gauge.stepping();
        seconds += time;
        gauge.taken(number, ImagePosition.at(next), number / 1000.0);
    }

    private static Checkpoint checkpoint(long step, long next) {
        final FileDigest digest = new FileDigest(1, "ab");
        return new Checkpoint(Path.of("step"),
                new TrainingState("run", step, 50, "train", 0, new StreamPosition(next, Map.of()), 0, SequenceRanges.NONE,
                        Identity.of(Map.of()), "pretrain", new Architecture(28, 4, 1, 96, 6, 3, 64, 2, 4, 0, ""),
                        Optional.empty()),
                digest, digest);
    }

    private static Stream stream(Long samples) {
        return new Stream("train", "memory:", "none", 0L, 1, 3, 2, List.of(0.5), List.of(0.5), List.of(), samples, 4, 2, "hash",
                null, Instant.EPOCH, Map.of());
    }
}
