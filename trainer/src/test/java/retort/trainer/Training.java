package retort.trainer;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.IsolationLevel;
import reactor.core.publisher.Flux;
import retort.codec.EventCodec;
import retort.console.StatusLine;
import retort.kafka.Event;
import retort.kafka.EventReader;
import retort.kafka.KafkaSettings;
import retort.kafka.Topics;
import retort.record.CheckpointReady;
import retort.record.RunState;
import retort.record.TrainingProgress;
import retort.settings.Settings;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.engine.Engine;
import retort.trainer.weights.WeightsDigest;

/** What the trainer's tests share: settings of tiny runs, and what reached the topics. */
public final class Training {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Of tiny models; a test adds trainer.runs. */
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

    static Config config(KafkaSettings kafka, Topics topics, Path checkpoints, String runs) {
        return Settings.over(ConfigFactory.parseString("trainer.runs = [" + runs + "]")
                .withFallback(ConfigFactory.parseMap(Map.of("kafka.bootstrap.servers", kafka.bootstrapServers(),
                        "topics.prefix", topics.prefix(), "trainer.checkpoints", checkpoints.toString())))
                .withFallback(ConfigFactory.parseString(TINY)));
    }

    /** A pretraining run of a tiny model; {@code more} keys of it come last, each with a comma before it. */
    static String pretrain(String name, int steps, String more) {
        return "{name = " + name + ", objective = pretrain, steps = " + steps
                + ", model = {width = 24, depth = 2, heads = 2, patch = 4}" + more + "}";
    }

    /** A distillation of a tiny student. */
    static String distill(String name, String teacher, int steps, String more) {
        return "{name = " + name + ", objective = distill, teacher = \"" + teacher + "\", steps = " + steps
                + ", model = {width = 16, depth = 2, heads = 2, patch = 4}" + more + "}";
    }

    /** A classifier of the same model as {@link #pretrain}'s. */
    static String finetune(String name, String init, int steps, String more) {
        return "{name = " + name + ", objective = finetune, init = \"" + init + "\", steps = " + steps
                + ", model = {width = 24, depth = 2, heads = 2, patch = 4}" + more + "}";
    }

    /** Trains until all runs are done. */
    static void run(Config config, Engine engine) {
        try (TrainerService service = TrainerService.start(config, engine, StatusLine.SILENT)) {
            service.done().block(PATIENCE);
        }
    }

    static String weightsSha256(Path checkpoints, String run) {
        return WeightsDigest.of(new CheckpointStore(checkpoints).latest(run).orElseThrow().weights());
    }

    /** Steps that a run has told of. */
    static long steps(KafkaSettings kafka, Topics topics, String run) {
        final TrainingProgress progress = progress(kafka, topics).get(run);
        return progress == null ? 0 : progress.getStep();
    }

    static Map<String, CheckpointReady> checkpoints(KafkaSettings kafka, Topics topics) {
        return table(kafka, topics.checkpoints(), CheckpointReady.class);
    }

    /** The last progress of each run. */
    static Map<String, TrainingProgress> progress(KafkaSettings kafka, Topics topics) {
        return table(kafka, topics.progress(), TrainingProgress.class);
    }

    /** Progress of one run from its first on, endless. */
    static Flux<TrainingProgress> progressOf(KafkaSettings kafka, Topics topics, String run) {
        return EventReader.read(kafka, topics.progress(), EventCodec.of(TrainingProgress.class), EventReader.From.EARLIEST,
                IsolationLevel.READ_COMMITTED, Training::undecodable, "test-progress").mapNotNull(Event::value)
                .filter(progress -> progress.getRun().equals(run));
    }

    /** All of it, up to the run's end. */
    static List<TrainingProgress> allProgress(KafkaSettings kafka, Topics topics, String run) {
        return progressOf(kafka, topics, run).takeUntil(progress -> progress.getState() == RunState.FINISHED).collectList()
                .block(PATIENCE);
    }

    private static <T extends SpecificRecord> Map<String, T> table(KafkaSettings kafka, String topic, Class<T> type) {
        return EventReader.table(kafka, topic, EventCodec.of(type), Training::undecodable, PATIENCE);
    }

    private static void undecodable(String key, String where, String reason) {
        throw new AssertionError(where + " cannot be decoded: " + reason);
    }
}
