package retort.trainer.pipeline;

import java.util.Optional;

/**
 * Makes the listeners of one kind. A factory is found with {@link java.util.ServiceLoader}: its class name stands in
 * {@code META-INF/services/retort.trainer.pipeline.RunListenerFactory}, and it has a public constructor without arguments.
 */
public interface RunListenerFactory {
    /** One word for this kind of listener, such as {@code tensorboard}. Names of threads and log lines contain it. */
    String name();

    /**
     * Makes the listener of one run. Called once for every run of {@code trainer.runs} before the first of them begins, so that a wrong
     * setting stops the start. Open files and connections in {@link RunListener#begun}, not here.
     *
     * @return empty if the settings do not ask for this listener
     * @throws retort.settings.SettingException if a setting is not allowed; the trainer then does not start
     */
    Optional<RunListener> create(ListenedRun run);
}
