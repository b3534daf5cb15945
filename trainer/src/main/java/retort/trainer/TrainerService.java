package retort.trainer;

import com.typesafe.config.Config;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import retort.console.StatusLine;
import retort.kafka.Broker;
import retort.trainer.engine.Engine;
import retort.trainer.pipeline.TrainerContext;
import retort.trainer.pipeline.TrainingRun;
import retort.trainer.settings.RunSettings;
import retort.trainer.settings.TrainerSettings;

/**
 * Trains the runs of {@code trainer.runs} in order, each from where it was left. Runs on a thread of its own
 * ({@code retort-trainer}); any thread may ask it to stop.
 */
public final class TrainerService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TrainerService.class);

    private final TrainerContext context;
    private final Sinks.Empty<Void> done = Sinks.empty();
    private final Thread thread = Thread.ofPlatform().name("retort-trainer").unstarted(this::run);

    private TrainerService(TrainerContext context) {
        this.context = context;
    }

    /** The engine that {@code trainer.device} and {@code trainer.threads} ask for; the caller closes it, after its services. */
    public static Engine engine(Config config) {
        return Engine.start(TrainerSettings.engine(config));
    }

    /**
     * Returns at once; the runs go on by themselves.
     *
     * @throws retort.settings.SettingException for settings that are not allowed
     */
    public static TrainerService start(Config config, Engine engine, StatusLine line) {
        final TrainerSettings settings = TrainerSettings.from(config);
        final TrainerService service = new TrainerService(
                new TrainerContext(settings, Broker.from(config, settings.brokerTimeout()), engine, line));
        service.thread.start();
        return service;
    }

    /**
     * Completes when all runs are done, or when {@link #close} has stopped them; fails, with a message for people, where one
     * cannot go on.
     */
    public Mono<Void> done() {
        return done.asMono();
    }

    /** Finishes the step under way, saves and announces it, and returns when that is done. */
    @Override
    public void close() {
        context.stop().make();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            context.broker().ensureEventTopics();
            for (final RunSettings run : context.settings().runs()) {
                if (context.stop().made() || !new TrainingRun(context, run).complete())
                    break;
                LOG.info("run {} has done its {} steps", run.name(), run.steps());
            }
            done.tryEmitEmpty();
        } catch (RuntimeException | Error e) {
            done.tryEmitError(e);
        }
    }
}
