package retort.trainer.pipeline;

import com.typesafe.config.Config;
import retort.kafka.Broker;
import retort.trainer.settings.RunSettings;
import retort.trainer.settings.TrainerSettings;

/**
 * The arguments of a {@link RunListenerFactory}.
 *
 * @param config all settings of the process, with the listener's own settings
 * @param broker access to Kafka; it makes no connection until a method is called
 * @param trainer the settings of the trainer
 * @param run the settings of the run
 */
public record ListenedRun(Config config, Broker broker, TrainerSettings trainer, RunSettings run) {
}
