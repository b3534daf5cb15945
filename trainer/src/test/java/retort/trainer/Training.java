package retort.trainer;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Flux;
import retort.console.StatusLine;
import retort.kafka.Broker;
import retort.kafka.Event;
import retort.kafka.From;
import retort.record.CheckpointReady;
import retort.record.RunState;
import retort.record.TrainingProgress;
import retort.settings.Settings;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.engine.Engine;
import retort.trainer.weights.WeightsDigest;

/** The common parts of the trainer's tests: settings of tiny runs, and reads of the topics. */
public final class Training {
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Settings of tiny models. A test adds trainer.runs. */
    private static final String TINY = """
            seed = 3
            trainer {
              device = cpu, threads = 1, progress-every = 50ms, batch = 7, decoder { width = 16, depth = 1, heads = 2 }
              lease = 3s
              optimizer { lr = 3.0e-3, warm-up = 0.2 }
            }
            """;

    private Training() {
    }

    public static Config config(Broker broker, Path checkpoints, String runs) {
        return Settings.over(ConfigFactory.parseString("trainer.runs = [" + runs + "]")
                .withFallback(ConfigFactory.parseMap(Map.of("kafka.bootstrap.servers", broker.kafka().bootstrapServers(),
                        "topics.prefix", broker.topics().prefix(), "topics.forgotten", List.copyOf(broker.topics().forgotten()),
                        "trainer.checkpoints", checkpoints.toString())))
                .withFallback(ConfigFactory.parseString(TINY)));
    }

    /** A pretraining run of a tiny model. {@code more} holds further keys, each with a comma before it. */
    public static String pretrain(String name, int steps, String more) {
        return "{name = " + name + ", objective = pretrain, steps = " + steps
                + ", model = {width = 24, depth = 2, heads = 2, patch = 4}" + more + "}";
    }

    /** A distillation of a tiny student. */
    public static String distill(String name, String teacher, int steps, String more) {
        return "{name = " + name + ", objective = distill, teacher = \"" + teacher + "\", steps = " + steps
                + ", model = {width = 16, depth = 2, heads = 2, patch = 4}" + more + "}";
    }

    /** A classifier of the same model as {@link #pretrain}'s. */
    public static String finetune(String name, String init, int steps, String more) {
        return "{name = " + name + ", objective = finetune, init = \"" + init + "\", steps = " + steps
                + ", model = {width = 24, depth = 2, heads = 2, patch = 4}" + more + "}";
    }

    /** Trains until all runs are done. */
    public static void run(Config config, Engine engine) {
        try (TrainerService service = TrainerService.start(config, engine, StatusLine.SILENT)) {
            service.done().block(PATIENCE);
        }
    }

    public static String weightsSha256(Path checkpoints, String run) {
        return WeightsDigest.of(new CheckpointStore(checkpoints).latest(run).orElseThrow().weights());
    }

    /** The number of steps in the latest progress of a run. */
    public static long steps(Broker broker, String run) {
        final TrainingProgress progress = progress(broker).get(run);
        return progress == null ? 0 : progress.getStep();
    }

    public static Map<String, CheckpointReady> checkpoints(Broker broker) {
        return broker.onUndecodable(Training::undecodable).table(broker.topics().checkpoints());
    }

    /** The latest progress of each run. */
    public static Map<String, TrainingProgress> progress(Broker broker) {
        return broker.onUndecodable(Training::undecodable).table(broker.topics().progress());
    }

    /** Emits the progress of one run from its first event on, endlessly. */
    public static Flux<TrainingProgress> progressOf(Broker broker, String run) {
        return broker.onUndecodable(Training::undecodable).follow(broker.topics().progress(), From.EARLIEST, "test-progress")
                .mapNotNull(Event::value)
                .filter(progress -> progress.getRun().equals(run));
    }

    /** All progress of a run up to its end. */
    public static List<TrainingProgress> allProgress(Broker broker, String run) {
        return progressOf(broker, run).takeUntil(progress -> progress.getState() == RunState.FINISHED).collectList()
                .block(PATIENCE);
    }

    private static void undecodable(String topic, String key, String where, String reason) {
        throw new AssertionError(where + " cannot be decoded: " + reason);
    }
}
