package retort.trainer.pipeline;

import com.typesafe.config.Config;
import retort.console.StatusLine;
import retort.kafka.Broker;
import retort.place.Places;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.engine.Engine;
import retort.trainer.settings.TrainerSettings;

/**
 * The objects that the runs of one trainer share.
 *
 * @param config all settings of the process, for listeners
 * @param engine the caller closes it, after the last run
 * @param places the files that the settings name; the owner of the context closes them
 * @param line shows the progress of the current run
 */
public record TrainerContext(Config config, TrainerSettings settings, Broker broker, Engine engine, Places places,
        CheckpointStore store, StopRequest stop, StatusLine line) {
    /** @throws retort.settings.SettingException if a setting is not allowed */
    public static TrainerContext of(Config config, Engine engine, StatusLine line) {
        final TrainerSettings settings = TrainerSettings.from(config);
        final Places places = Places.from(config);
        return new TrainerContext(config, settings, Broker.from(config, settings.brokerTimeout()), engine, places,
                new CheckpointStore(places.file(settings.checkpoints())), new StopRequest(), line);
    }
}
