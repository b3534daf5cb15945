package retort.ingest.demand;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import retort.record.RunState;
import retort.record.TrainingProgress;

class RunLedgerTest {
    private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");
    private static final long LEASE = 9_000;

    private final RunLedger runs = new RunLedger("train", 100);

    @Test
    void withoutRunsTheStreamMayBePublishedThatFarFromItsStart() {
        assertThat(runs.limit(T0)).isEqualTo(new Limit(100, 0, "the stream's start"));
    }

    @Test
    void theSlowestLiveRunSetsTheLimit() {
        runs.heard(word("fast", RunState.TRAINING, 700, 650, T0));
        runs.heard(word("slow", RunState.WAITING, 300, 200, T0));
        runs.heard(word("new", RunState.STARTING, 500, 500, T0));
        assertThat(runs.limit(T0.plusMillis(LEASE))).isEqualTo(new Limit(400, 300, "run slow"));
    }

    @Test
    void aRunSilentPastItsLeaseNoLongerCountsWhileAnotherLives() {
        runs.heard(word("fast", RunState.TRAINING, 700, 650, T0.plusMillis(5000)));
        runs.heard(word("silent", RunState.TRAINING, 300, 200, T0));
        assertThat(runs.limit(T0.plusMillis(LEASE)).floor()).isEqualTo(300);
        assertThat(runs.limit(T0.plusMillis(LEASE + 1)).floor()).isEqualTo(700);
    }

    @Test
    void aRunThatSpeaksAgainCountsAgain() {
        runs.heard(word("fast", RunState.TRAINING, 700, 650, T0.plusMillis(20_000)));
        runs.heard(word("back", RunState.TRAINING, 300, 200, T0));
        assertThat(runs.limit(T0.plusMillis(20_000)).of()).isEqualTo("run fast");
        runs.heard(word("back", RunState.TRAINING, 200, 200, T0.plusMillis(20_000)));
        assertThat(runs.limit(T0.plusMillis(20_000))).isEqualTo(new Limit(300, 200, "run back"));
    }

    @Test
    void withoutALiveRunTheSavedPositionOfTheFurthestBackUnfinishedOneCounts() {
        runs.heard(word("killed", RunState.TRAINING, 700, 250, T0));
        runs.heard(word("stopped", RunState.STOPPED, 300, 260, T0));
        runs.heard(word("failed", RunState.FAILED, 900, 800, T0));
        runs.heard(word("finished", RunState.FINISHED, 50, 50, T0));
        assertThat(runs.limit(T0.plusMillis(LEASE + 1))).isEqualTo(new Limit(350, 250, "the saved position of run killed"));
    }

    @Test
    void finishedRunsHoldNothingBack() {
        runs.heard(word("finished", RunState.FINISHED, 50, 50, T0));
        runs.heard(word("live", RunState.TRAINING, 90, 80, T0));
        assertThat(runs.limit(T0).floor()).isEqualTo(90);
        runs.heard(word("live", RunState.FINISHED, 100, 100, T0));
        assertThat(runs.limit(T0)).isEqualTo(new Limit(100, 0, "the stream's start"));
    }

    @Test
    void runsOnOtherStreamsDoNotCount() {
        runs.heard(word("more", "other", RunState.TRAINING, 5, 5, T0));
        assertThat(runs.limit(T0).of()).isEqualTo("the stream's start");
    }

    @Test
    void anOlderWordThatComesLateChangesNothing() {
        runs.heard(word("run", RunState.TRAINING, 70, 60, T0.plusMillis(1)));
        runs.heard(word("run", RunState.TRAINING, 10, 10, T0));
        assertThat(runs.limit(T0).floor()).isEqualTo(70);
    }

    @Test
    void aRunThatWasSetBackIsFollowedBack() {
        runs.heard(word("run", RunState.TRAINING, 70, 60, T0));
        runs.heard(word("run", RunState.STARTING, 60, 60, T0.plusMillis(1)));
        assertThat(runs.limit(T0.plusMillis(1)).sequence()).isEqualTo(160);
    }

    private static TrainingProgress word(String run, RunState state, long next, long saved, Instant at) {
        return word("train", run, state, next, saved, at);
    }

    private static TrainingProgress word(String stream, String run, RunState state, long next, long saved, Instant at) {
        return TrainingProgress.newBuilder().setRun(run).setStream(stream).setState(state).setStep(1).setSteps(10).setBatch(64)
                .setNextSequence(next).setSavedSequence(saved).setEpoch(0).setLosses(Map.of()).setLearningRate(0)
                .setImagesPerSecond(0).setWaitingShare(0).setGradientNorm(null).setLeaseMillis(LEASE).setAt(at).build();
    }
}
