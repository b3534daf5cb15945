package retort.ingest.demand;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import retort.record.RunState;
import retort.record.TrainingProgress;

class RunLedgerTest {
    private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");
    private static final long LEASE = 9_000;
    /** A reading of this process's monotonic clock. The clock may have any value, so the tests use one near its overflow. */
    private static final long T0 = Long.MAX_VALUE - 1000;

    private final RunLedger runs = new RunLedger("train");

    @Test
    void withoutRunsTheStreamsStartCounts() {
        assertThat(runs.floor(T0)).isEqualTo(new Floor(0, "the stream's start", false));
    }

    @Test
    void theSlowestLiveRunCountsAndWhetherItWaits() {
        heard("fast", RunState.TRAINING, 700, 650, 0);
        heard("slow", RunState.WAITING, 300, 200, 0);
        heard("new", RunState.STARTING, 500, 500, 0);
        assertThat(runs.floor(after(LEASE))).isEqualTo(new Floor(300, "run slow", true));
    }

    @Test
    void aRunSilentPastItsLeaseNoLongerCountsWhileAnotherLives() {
        heard("fast", RunState.TRAINING, 700, 650, 5000);
        heard("silent", RunState.TRAINING, 300, 200, 0);
        assertThat(runs.floor(after(LEASE)).sequence()).isEqualTo(300);
        assertThat(runs.floor(after(LEASE + 1)).sequence()).isEqualTo(700);
    }

    @Test
    void clocksOfOtherMachinesAreNotRead() {
        runs.heard(word("hours behind", "train", RunState.TRAINING, 300, 200, AT.minus(Duration.ofHours(5))), T0);
        runs.heard(word("hours ahead", "train", RunState.TRAINING, 700, 650, AT.plus(Duration.ofHours(5))), T0);
        assertThat(runs.floor(after(LEASE)).of()).isEqualTo("run hours behind");
        assertThat(runs.floor(after(LEASE + 1)).of()).as("dead at the same time").startsWith("the saved position");
        runs.heard(word("moved", "train", RunState.TRAINING, 90, 80, AT.plus(Duration.ofHours(9))), after(LEASE));
        runs.heard(word("moved", "train", RunState.TRAINING, 120, 80, AT), after(LEASE));
        assertThat(runs.floor(after(LEASE + 1)).sequence()).as("a run that moved to a machine whose clock is behind")
                .isEqualTo(120);
    }

    @Test
    void aRunThatSpeaksAgainCountsAgain() {
        heard("fast", RunState.TRAINING, 700, 650, 20_000);
        heard("back", RunState.TRAINING, 300, 200, 0);
        assertThat(runs.floor(after(20_000)).of()).isEqualTo("run fast");
        heard("back", RunState.TRAINING, 200, 200, 20_000);
        assertThat(runs.floor(after(20_000))).isEqualTo(new Floor(200, "run back", false));
    }

    @Test
    void withoutALiveRunTheSavedPositionOfTheFurthestBackUnfinishedOneCounts() {
        heard("killed", RunState.TRAINING, 700, 250, 0);
        heard("stopped", RunState.STOPPED, 300, 260, 0);
        heard("failed", RunState.FAILED, 900, 800, 0);
        heard("finished", RunState.FINISHED, 50, 50, 0);
        assertThat(runs.floor(after(LEASE + 1))).isEqualTo(new Floor(250, "the saved position of run killed", false));
    }

    @Test
    void finishedRunsHoldNothingBack() {
        heard("finished", RunState.FINISHED, 50, 50, 0);
        heard("live", RunState.TRAINING, 90, 80, 0);
        assertThat(runs.floor(T0).sequence()).isEqualTo(90);
        heard("live", RunState.FINISHED, 100, 100, 0);
        assertThat(runs.floor(T0)).isEqualTo(new Floor(0, "the stream's start", false));
    }

    @Test
    void runsOnOtherStreamsDoNotCount() {
        runs.heard(word("more", "other", RunState.TRAINING, 5, 5, AT), T0);
        assertThat(runs.floor(T0).of()).isEqualTo("the stream's start");
    }

    @Test
    void aRunThatWasSetBackIsFollowedBack() {
        heard("run", RunState.TRAINING, 70, 60, 0);
        heard("run", RunState.STARTING, 60, 60, 1);
        assertThat(runs.floor(after(1)).sequence()).isEqualTo(60);
    }

    private void heard(String run, RunState state, long next, long saved, long millis) {
        runs.heard(word(run, "train", state, next, saved, AT), after(millis));
    }

    private static long after(long millis) {
        return T0 + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private static TrainingProgress word(String run, String stream, RunState state, long next, long saved, Instant at) {
        return TrainingProgress.newBuilder().setRun(run).setStream(stream).setState(state).setStep(1).setSteps(10).setBatch(64)
                .setNextSequence(next).setSavedSequence(saved).setEpoch(0).setLosses(Map.of()).setLearningRate(0)
                .setImagesPerSecond(0).setWaitingShare(0).setGradientNorm(null).setLeaseMillis(LEASE).setAt(at).build();
    }
}
