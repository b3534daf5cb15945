package retort.evaluator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import retort.record.CheckpointReady;
import retort.trainer.model.VitShape;

class SettledCheckpointsTest {
    private final SettledCheckpoints settled = new SettledCheckpoints();

    @Test
    void waitsForEveryCheckpointToBeScoredOrDeleted() {
        final CompletableFuture<Void> all = settled.all(List.of(checkpoint(1, "a"), checkpoint(2, "b"))).toFuture();

        settled.add(checkpoint(1, "other weights"));
        settled.addDeleted("run/2");
        assertThat(all).isNotDone();
        settled.add(checkpoint(1, "a"));

        assertThat(all).isCompleted();
    }

    @Test
    void aStepThatIsSavedAgainAfterItsDeletionIsWaitedFor() {
        settled.addDeleted("run/1");
        settled.add(checkpoint(1, "a"));

        assertThat(settled.all(List.of(checkpoint(1, "b"))).toFuture()).isNotDone();
    }

    private static CheckpointReady checkpoint(long step, String sha256) {
        return CheckpointReady.newBuilder().setRun("run").setStep(step).setSteps(9).setStream("train").setUri("file:/w")
                .setSha256(sha256).setBytes(1).setObjective("pretrain")
                .setArchitecture(Published.architecture(new VitShape(8, 2, 1, 16, 2, 2))).setNextSequence(0).setAt(Instant.EPOCH)
                .build();
    }
}
