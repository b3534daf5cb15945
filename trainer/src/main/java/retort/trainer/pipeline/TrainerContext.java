package retort.trainer.pipeline;

import retort.console.StatusLine;
import retort.kafka.Broker;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.engine.Engine;
import retort.trainer.settings.TrainerSettings;

/** What all runs of a trainer share. */
public record TrainerContext(TrainerSettings settings, Broker broker, Engine engine, CheckpointStore store,
        StopRequest stop, StatusLine line) {
    public TrainerContext(TrainerSettings settings, Broker broker, Engine engine, StatusLine line) {
        this(settings, broker, engine, new CheckpointStore(settings.checkpoints()), new StopRequest(), line);
    }
}
