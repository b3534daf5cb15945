package retort.trainer;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import retort.console.StatusLine;
import retort.kafka.Broker;
import retort.kafka.OwnershipLapsedException;
import retort.metrics.Health;
import retort.place.Places;
import retort.settings.SettingException;
import retort.thread.Worker;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.engine.Engine;
import retort.trainer.pipeline.PublishedRun;
import retort.trainer.pipeline.SavedRun;
import retort.trainer.pipeline.TrainerContext;
import retort.trainer.pipeline.TrainingRun;
import retort.trainer.settings.RunSettings;
import retort.trainer.settings.TrainerSettings;

/**
 * Trains the runs of {@code trainer.runs} in order. Each run goes on from its last checkpoint. The runs have a thread of their own,
 * {@code retort-trainer}. Any thread may stop them.
 */
public final class TrainerService implements AutoCloseable {
    /** Longer than any step and the checkpoint after it. */
    private static final Duration STOP_WAIT = Duration.ofHours(1);

    private static final Logger LOG = LoggerFactory.getLogger(TrainerService.class);
    private static final String PARTY = "trainer";

    private final TrainerContext context;
    private final List<TrainingRun> runs;
    private final Sinks.Empty<Void> done = Sinks.empty();
    private final Worker worker = Worker.named("retort-trainer");

    private TrainerService(TrainerContext context) {
        this.context = context;
        this.runs = context.settings().runs().stream().map(run -> new TrainingRun(context, run)).toList();
    }

    /** The engine that {@code trainer.device} and {@code trainer.threads} ask for. The caller closes it, after its services. */
    public static Engine engine(Config config) {
        return Engine.start(TrainerSettings.engine(config));
    }

    /**
     * Deletes what the broker knows of runs, so that they can begin anew under their names. Blocks.
     *
     * @param names names of runs in {@code trainer.runs}
     * @return a sentence for each run
     * @throws retort.settings.SettingException if a run is not in {@code trainer.runs}
     * @throws retort.trainer.pipeline.RunException if a run has checkpoints that it would go on from
     */
    public static List<String> forget(Config config, Collection<String> names) {
        if (names.isEmpty())
            return List.of();
        final TrainerSettings settings = TrainerSettings.from(config);
        final List<String> known = settings.runs().stream().map(RunSettings::name).toList();
        final Broker broker = Broker.from(config, settings.brokerTimeout());
        final List<String> done = new ArrayList<>();
        try (Places places = Places.from(config)) {
            final CheckpointStore store = new CheckpointStore(places.file(settings.checkpoints()));
            for (final String name : names) {
                if (!known.contains(name))
                    throw new SettingException("--forget " + name + " is no run of trainer.runs: there are " + known);
                done.add("run " + name + " is forgotten: " + new PublishedRun(broker, store, name).forget() + " events deleted");
            }
        }
        return done;
    }

    /**
     * A sentence for each run of {@code trainer.runs} whose checkpoints were made under other settings, by the names of the runs. Blocks.
     *
     * @throws retort.settings.SettingException if a setting is not allowed
     */
    public static Map<String, String> differences(Config config) {
        final TrainerSettings settings = TrainerSettings.from(config);
        final Map<String, String> all = new LinkedHashMap<>();
        try (Places places = Places.from(config)) {
            final SavedRun saved = new SavedRun(Broker.from(config, settings.brokerTimeout()),
                    new CheckpointStore(places.file(settings.checkpoints())), places);
            settings.runs().forEach(run -> saved.difference(run).ifPresent(sentence -> all.put(run.name(), sentence)));
        }
        return all;
    }

    /**
     * Returns at once; the runs go on by themselves.
     *
     * @param engine the caller closes it, after the service
     * @throws retort.settings.SettingException if a setting is not allowed, also one of a run's listener
     */
    public static TrainerService start(Config config, Engine engine, StatusLine line) {
        final TrainerService service = new TrainerService(TrainerContext.of(config, engine, line));
        service.worker.execute(service::run);
        return service;
    }

    /**
     * Completes when all runs are done, or when {@link #close} has stopped them. Fails, with a message for people, if a run cannot
     * begin or go on.
     */
    public Mono<Void> done() {
        return done.asMono();
    }

    /**
     * Lets the step under way end, and returns when the run is saved and its checkpoint is announced. It waits some seconds for a broker
     * that does not answer; the next start announces the checkpoint then. It waits an hour at most for the step and the checkpoint.
     */
    @Override
    public void close() {
        context.stop().make();
        worker.close(STOP_WAIT);
        context.places().close();
        Health.left(PARTY);
    }

    private void run() {
        try {
            Health.waits(PARTY, "a broker at " + context.broker().kafka().bootstrapServers());
            final boolean ready = context.stop().unlessMade(() -> {
                context.broker().ensureEventTopics();
                return true;
            }).isPresent();
            Health.works(PARTY);
            for (final TrainingRun run : runs)
                if (!ready || context.stop().made() || !complete(run))
                    break;
            done.tryEmitEmpty();
        } catch (RuntimeException | Error e) {
            done.tryEmitError(e);
        }
    }

    /** Trains a run, and lets it go on from its last checkpoint when the broker has ended this trainer's claim on it. */
    private boolean complete(TrainingRun first) {
        for (TrainingRun run = first;; run = run.again())
            try {
                return run.complete();
            } catch (OwnershipLapsedException e) {
                LOG.warn("run {} goes on from its last checkpoint: {}", run.name(), e.getMessage());
            }
    }
}
