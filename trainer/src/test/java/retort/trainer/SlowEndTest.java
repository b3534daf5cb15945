package retort.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.broker.BrokerProcess;
import retort.broker.Link;
import retort.console.StatusLine;
import retort.kafka.Broker;
import retort.record.RunState;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;

/** The end of a run behind a link on which each event takes longer than a trainer that leaves may wait. */
class SlowEndTest {
    /** An event is committed after two round trips, each of which is held back twice. */
    private static final Duration DELAY = Duration.ofMillis(800);

    @TempDir
    private Path directory;

    private Link link;
    private BrokerProcess server;

    @BeforeEach
    void start() {
        link = Link.toFreePort();
        server = BrokerProcess.behind(link, directory.resolve("kafka"), Map.of());
    }

    @AfterEach
    void stop() {
        server.close();
        link.close();
    }

    /** Nobody would tell it later: without it ingest, evaluators and people wait for a run that has no process any more. */
    @Test
    void theBrokerHasTakenTheEndOfAFinishedRunWhenItsTrainerIsDone() {
        final Broker direct = Broker.at(server.bootstrapServers(), "retort.");
        final SmallStream stream = SmallStream.create(direct, "train").publish(2);
        final Path checkpoints = directory.resolve("checkpoints");
        final String run = Training.pretrain("slow", 2, "");
        try (Engine engine = Engine.start(new EngineSettings("cpu", 1));
                TrainerService service = TrainerService.start(
                        Training.config(Broker.at(link.address(), "retort."), checkpoints, run), engine, StatusLine.SILENT)) {
            await().atMost(Training.PATIENCE).until(() -> Training.steps(direct, "slow") == 1);
            link.delay(DELAY);
            stream.publish(2);
            service.done().block(Training.PATIENCE);

            assertThat(Training.progress(direct).get("slow").getState()).isEqualTo(RunState.FINISHED);
            assertThat(Training.checkpoints(direct)).containsOnlyKeys("slow/0", "slow/2");
        }
    }
}
