package retort.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import retort.settings.SettingException;
import retort.trainer.audit.Audit;
import retort.trainer.audit.AuditReport;
import retort.trainer.audit.Finding;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.pipeline.RunException;

/** Trains on records of five images, of which {@code trainer.skip} names some. Steps take seven images. */
class SkippedRecordsTest extends RealTraining {
    @BeforeEach
    void publish() {
        SmallStream.create(broker, "train").publish(30);
    }

    @Test
    void theImagesOfTheirRecordsAreNotTrainedAndAuditNamesThem() {
        train(Training.pretrain("noted", 6, ", skip = [2, \"6-7\"]"));

        final List<Long> trained = elsewhere.NoteTaker.of("noted").steps.stream()
                .flatMap(step -> LongStream.of(step.sampleIds()).boxed()).toList();
        assertThat(trained).containsExactlyElementsOf(expected(6 * 7));
        final AuditReport report = audit("noted");
        assertThat(report.isClean()).isTrue();
        assertThat(report.compared()).isEqualTo(6);
        assertThat(report.findings()).extracting(Finding::kind, Finding::text).containsExactly(
                tuple(Finding.Kind.SKIPPED,
                        "step 2 passed over the images from 2+0 to 3+0, because trainer.skip named them"),
                tuple(Finding.Kind.SKIPPED,
                        "step 4 passed over the images from 6+0 to 8+0, because trainer.skip named them"));
    }

    /** The ids of the first {@code images} images that are not skipped. An epoch has 23 samples in five records. */
    private static List<Long> expected(int images) {
        return LongStream.range(0, 30).filter(record -> record != 2 && record != 6 && record != 7).boxed()
                .flatMap(record -> LongStream.range(record % 5 * 5, Math.min(23, record % 5 * 5 + 5)).boxed()).limit(images)
                .toList();
    }

    @Test
    void aRunThatSkipsAndIsStoppedGoesOnToTheSameBytes() {
        final String skip = ", checkpoint-every = 2, skip = [\"3-4\", 9, 12]";
        try (TrainerService _ = begin(Training.pretrain("stopped", 12, skip))) {
            await().atMost(Training.PATIENCE).until(() -> Training.steps(broker, "stopped") > 2);
        }
        train(Training.pretrain("stopped", 12, skip) + "," + Training.pretrain("calm", 12, skip));

        assertThat(weightsSha256("stopped")).isEqualTo(weightsSha256("calm"));
        assertThat(audit("stopped").isClean()).isTrue();
        assertThat(audit("stopped").findings()).isEqualTo(audit("calm").findings()).hasSize(3);
    }

    /** After two steps of seven images the run has used four images of record 2. */
    @Test
    void recordsBehindTheCheckpointMayBeNamedLaterAlsoTheRestOfTheOneThatIsBegun() {
        stopAfter(2, Training.pretrain("run", 12, ", checkpoint-every = 2"));
        train(Training.pretrain("run", 12, ", checkpoint-every = 2, skip = [\"2-4\"]"));

        final AuditReport report = audit("run");
        assertThat(report.isClean()).as(report.lines().toString()).isTrue();
        assertThat(report.compared()).isEqualTo(12);
        assertThat(report.findings()).extracting(Finding::text)
                .containsExactly("step 3 passed over the images from 2+4 to 5+0, because trainer.skip named them");
        assertThat(last("run").state().skip().texts()).containsExactly("2-4");
    }

    private void stopAfter(long step, String run) {
        final CheckpointStore store = new CheckpointStore(checkpoints);
        train(run);
        for (final Checkpoint later : store.list("run"))
            if (later.state().step() > step)
                store.delete(later); // as a person does who goes back before a spike
    }

    @Test
    void recordsThatWereTrainedOnCannotBeSkippedAndTheMessageSaysHow() {
        train(Training.pretrain("run", 8, ", checkpoint-every = 4"));

        assertThatThrownBy(() -> train(Training.pretrain("run", 8, ", checkpoint-every = 4, skip = [\"3-5\", 40]")))
                .isInstanceOf(RunException.class)
                .hasMessageStartingWith("run run has a checkpoint at step 8, before which it was trained on records that"
                        + " trainer.skip names now: 3-5; to skip them, move the checkpoints behind record 3 out of "
                        + checkpoints)
                .hasMessageEndingWith("or take them out of trainer.skip");
    }

    @Test
    void recordsThatWereSkippedCannotComeBack() {
        final String run = Training.pretrain("run", 8, ", skip = [3, 40]");
        train(run);
        train(run);

        assertThatThrownBy(() -> train(Training.pretrain("run", 8, ", skip = [40]"))).isInstanceOf(RunException.class)
                .hasMessage("run run has a checkpoint at step 8, before which it skipped records that trainer.skip does not name"
                        + " any more: 3; put them back, or give the run another name to begin anew");
        train(Training.pretrain("run", 8, ", skip = [3]"));
    }

    @Test
    void whatIsNoRangeIsRefusedWithAnExample() {
        assertThatThrownBy(() -> begin(Training.pretrain("run", 8, ", skip = [\"9-3\"]"))).isInstanceOf(SettingException.class)
                .hasMessageContaining("trainer.runs[0].skip = 9-3")
                .hasMessageContaining("must be sequences and ranges of them, such as [17, 1200-1299]");
    }

    private AuditReport audit(String run) {
        return new Audit(broker, new CheckpointStore(checkpoints)).of(run);
    }
}
