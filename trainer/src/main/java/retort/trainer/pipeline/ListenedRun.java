package retort.trainer.pipeline;

import com.typesafe.config.Config;
import retort.kafka.Broker;
import retort.trainer.settings.RunSettings;
import retort.trainer.settings.TrainerSettings;

/**
 * What a {@link RunListenerFactory} may need to make a listener.
 *
 * @param config all settings of the process, for those of the listener itself
 * @param broker connects to nothing by itself
 * @param trainer the settings of the trainer
 * @param run the settings of the run that is listened to
 */
public record ListenedRun(Config config, Broker broker, TrainerSettings trainer, RunSettings run) {
}
