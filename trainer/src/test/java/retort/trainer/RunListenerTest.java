package retort.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import elsewhere.NoteTaker;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import retort.record.RunState;
import retort.settings.SettingException;
import retort.trainer.pipeline.RunException;
import retort.trainer.pipeline.TrainedStep;

/** Runs a listener from outside, on a real broker with real steps. */
class RunListenerTest extends RealTraining {
    private static final int STEPS = 12;
    private static final int BATCH = 7; // the batch in Training
    private static final int SAMPLES = 23; // samples in an epoch of SmallStream

    @Test
    void seesEverySampleOnceInStreamOrder() {
        SmallStream.create(broker, "train").publish(20);

        train(Training.pretrain("noted", STEPS, ", checkpoints-per-run = 3"));

        final NoteTaker notes = NoteTaker.of("noted");
        assertThat(notes.steps).extracting(TrainedStep::number)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, STEPS).boxed().toList());
        assertThat(notes.steps.stream().flatMapToLong(step -> LongStream.of(step.sampleIds())))
                .containsExactlyElementsOf(LongStream.range(0, STEPS * BATCH).map(image -> image % SAMPLES).boxed().toList());
        assertThat(notes.steps.getLast().end().nextSequence()).isEqualTo(last("noted").state().position().nextSequence());
        assertThat(notes.steps.getLast().end().imagesUsed()).isEqualTo(last("noted").state().usedImages());
        assertThat(notes.threads).containsOnly("retort-listener-notes-noted");
    }

    /** A run that is saved after each step reads each step's losses before the next step begins. */
    @Test
    void lossesBelongToTheStepWhoseNumberTheyCarry() {
        SmallStream.create(broker, "train").publish(20);

        train(Training.pretrain("noted-late", STEPS, "") + ","
                + Training.pretrain("noted-at-once", STEPS, ", checkpoint-every = 1"));

        final NoteTaker late = NoteTaker.of("noted-late");
        assertThat(late.calls).containsSubsequence("taken 5", "taken 6", "stepped 5", "taken 7", "stepped 6");
        final NoteTaker atOnce = NoteTaker.of("noted-at-once");
        assertThat(atOnce.calls).containsSubsequence("taken 5", "stepped 5", "saving 5", "copied 5", "taken 6")
                .containsSubsequence("copied 5", "saved 5", "copied 6", "saved 6");
        assertThat(losses(late)).hasSize(STEPS).isEqualTo(losses(atOnce));
        for (final TrainedStep step : late.steps)
            assertThat(step.losses().learningRate()).isEqualTo(late.learningRates.get((int) step.number() - 1));
        assertThat(late.learningRates).doesNotHaveDuplicates();
    }

    @Test
    void callsComeInTheOrderThatIsPromised() {
        SmallStream.create(broker, "train").publish(20);

        train(Training.pretrain("noted", 3, ", checkpoint-every = 2"));

        final List<String> calls = NoteTaker.of("noted").calls;
        assertThat(calls).filteredOn(call -> !call.matches("saved [23]")).containsExactly("saved 0", "begun train 0",
                "waiting", "stepping", "taken 1", "stepped 1",
                "waiting", "stepping", "taken 2", "stepped 2", "saving 2", "copied 2",
                "waiting", "stepping", "taken 3", "stepped 3", "saving 3", "copied 3", "waiting", "ended Finished");
        assertThat(calls).as("written while training goes on").containsOnlyOnce("saved 2", "saved 3")
                .containsSubsequence("copied 2", "saved 2", "copied 3", "saved 3", "ended Finished");

        train(Training.pretrain("noted", 3, ", checkpoint-every = 2"));

        assertThat(NoteTaker.of("noted").calls).as("a finished run").containsExactly("saved 3", "ended Finished");
    }

    @Test
    void aStoppedRunPassesItsCheckpointOnOnceMoreAndGoesOnBehindIt() {
        final SmallStream stream = SmallStream.create(broker, "train").publish(4);
        final String run = Training.pretrain("noted", 6, "");
        try (TrainerService _ = begin(run)) {
            await().atMost(Training.PATIENCE).until(() -> Training.steps(broker, "noted") == 2);
        }
        assertThat(NoteTaker.of("noted").calls).endsWith("stepped 2", "saving 2", "copied 2", "saved 2", "ended Stopped");
        stream.publish(10);

        train(run);

        assertThat(NoteTaker.of("noted").calls).startsWith("saved 2", "begun train 2", "waiting", "stepping", "taken 3")
                .endsWith("ended Finished");
    }

    @Test
    void aListenerThatFailsInEveryCallChangesNothing() {
        SmallStream.create(broker, "train").publish(20);

        train(Training.pretrain("failing", 5, "") + "," + Training.pretrain("calm", 5, ""));

        assertThat(weightsSha256("failing")).isEqualTo(weightsSha256("calm"));
        assertThat(NoteTaker.of("failing").calls).startsWith("saved 0", "begun train 0").endsWith("ended Finished")
                .contains("saved 5");
    }

    @Test
    void aListenerThatBlocksHoldsNoStepUp() {
        SmallStream.create(broker, "train").publish(20);
        try (TrainerService service = begin(Training.pretrain("blocked", STEPS, ", checkpoint-every = 5"))) {
            await().atMost(Training.PATIENCE).until(() -> Training.progress(broker).containsKey("blocked")
                    && Training.progress(broker).get("blocked").getState() == RunState.FINISHED);
            assertThat(Training.checkpoints(broker)).containsOnlyKeys("blocked/0", "blocked/5", "blocked/10", "blocked/12");
            assertThat(NoteTaker.of("blocked").calls).containsExactly("saved 0");

            NoteTaker.of("blocked").mayGoOn.countDown();
            service.done().block(Training.PATIENCE);
        }
        assertThat(NoteTaker.of("blocked").calls).contains("stepped 12").endsWith("ended Finished");
    }

    @Test
    void aRunThatCannotGoOnEndsAsFailed() {
        SmallStream.create(broker, "train").publish(5).complete();

        assertThatThrownBy(() -> train(Training.pretrain("noted", 5, ""))).isInstanceOf(RunException.class);

        assertThat(NoteTaker.of("noted").calls).endsWith("stepped 3", "saving 3", "copied 3", "saved 3", "ended Failed");
    }

    @Test
    void aWrongSettingStopsTheStartAndABrokenFactoryDoesNot() {
        SmallStream.create(broker, "train").publish(5);

        assertThatThrownBy(() -> begin(Training.pretrain("first", 1, "") + "," + Training.pretrain("refused", 1, "")))
                .isInstanceOf(SettingException.class).hasMessageStartingWith("setting notes of run refused is not allowed");
        assertThat(checkpoints).isEmptyDirectory();
        train(Training.pretrain("broken", 1, ""));
    }

    private static Map<Long, List<Object>> losses(NoteTaker notes) {
        return notes.steps.stream().collect(Collectors.toMap(TrainedStep::number,
                step -> List.of(step.losses().parts(), step.losses().gradientNorm())));
    }
}
