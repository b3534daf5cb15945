package retort.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import retort.record.RunState;
import retort.trainer.audit.Audit;
import retort.trainer.audit.AuditReport;
import retort.trainer.checkpoint.CheckpointStore;

/** A trainer that is killed at random moments ends with the same bytes as a trainer that is not killed. */
class TrainerKillTest extends RealTraining {
    private static final int STEPS = 400;

    @Test
    void aKilledRunEndsWithTheBytesOfOneThatWasNot() throws Exception {
        SmallStream.create(broker, "train").publish(STEPS * 7 / 4);
        final String killed = Training.pretrain("killed", STEPS, ", checkpoint-every = 10");
        killAtAnyMoment(killed);

        final Process stopped = TrainerProcess.start(broker, checkpoints, killed);
        final long seen = latest("killed");
        await().atMost(Training.PATIENCE).until(() -> latest("killed") > seen);
        stopped.destroy(); // SIGTERM
        assertThat(stopped.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Training.progress(broker).get("killed").getState()).isIn(RunState.STOPPED, RunState.FINISHED);
        assertThat(Training.progress(broker).get("killed").getStep()).isEqualTo(latest("killed"));

        train(killed + "," + Training.pretrain("calm", STEPS, ", checkpoints-per-run = 2"));
        assertThat(weightsSha256("killed")).isEqualTo(weightsSha256("calm"));
        final AuditReport audit = new Audit(broker, new CheckpointStore(checkpoints)).of("killed");
        assertThat(audit).isEqualTo(new AuditReport("killed", "train", STEPS, STEPS, STEPS * 7L, STEPS * 7 / 23, List.of()));
        assertThat(Training.checkpoints(broker)).containsKeys("killed/0", "killed/" + STEPS)
                .hasSizeGreaterThanOrEqualTo(STEPS / 10 + 3);
    }

    /** Uses everything that fine-tuning draws: mixed, erased and dropped parts. */
    @Test
    void soDoesAClassifier() throws Exception {
        SmallStream.create(broker, "train").publish(STEPS * 7 / 4);
        final String draws = ", mixup = 0.8, cutmix = 1, erase = 0.5, drop-path = 0.2, teacher = \"run:answers\"";
        train(Training.pretrain("before", 1, "") + "," + Training.finetune("answers", "run:before", 1, ""));
        final String killed = Training.finetune("killed", "run:before", STEPS, draws + ", checkpoint-every = 10");
        killAtAnyMoment(killed);

        train(killed + "," + Training.finetune("calm", "run:before", STEPS, draws + ", checkpoints-per-run = 2"));
        assertThat(weightsSha256("killed")).isEqualTo(weightsSha256("calm"));
    }

    private void killAtAnyMoment(String run) throws Exception {
        final Random moments = new Random();
        int kills = 0;
        while (kills < 3 && latest("killed") < STEPS) {
            final long seen = latest("killed");
            final Process trainer = TrainerProcess.start(broker, checkpoints, run);
            await().atMost(Training.PATIENCE).until(() -> latest("killed") > seen + moments.nextInt(60) || !trainer.isAlive());
            trainer.destroyForcibly().waitFor();
            kills++;
        }
        assertThat(latest("killed")).as("steps saved before the last kill").isBetween(10L, STEPS - 1L);
    }

    private long latest(String run) {
        return new CheckpointStore(checkpoints).list(run).stream().mapToLong(checkpoint -> checkpoint.state().step()).max()
                .orElse(-1);
    }
}
