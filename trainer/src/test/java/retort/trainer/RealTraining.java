package retort.trainer;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import retort.broker.SharedBroker;
import retort.console.StatusLine;
import retort.kafka.Broker;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;

/** The base class of tests that train: a real broker, real tensors on one thread, and checkpoints in the test's own folder. */
public abstract class RealTraining {
    protected static Engine engine;

    protected final Broker broker = Broker.at(SharedBroker.bootstrapServers(), SharedBroker.freshPrefix());

    @TempDir
    protected Path checkpoints;

    @BeforeAll
    static void start() {
        engine = Engine.start(new EngineSettings("cpu", 1));
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    /** Trains until all runs are done. */
    protected final void train(String runs) {
        Training.run(Training.config(broker, checkpoints, runs), engine);
    }

    protected final TrainerService begin(String runs) {
        return TrainerService.start(Training.config(broker, checkpoints, runs), engine, StatusLine.SILENT);
    }

    protected final Checkpoint last(String run) {
        return new CheckpointStore(checkpoints).latest(run).orElseThrow();
    }

    protected final String weightsSha256(String run) {
        return Training.weightsSha256(checkpoints, run);
    }
}
